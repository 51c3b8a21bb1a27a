# From nothing to the numbers of a run.
$ frugal ping
frugald * answers at http://127.0.0.1:*
$ frugal init tiny > spec.json; grep -c '"dataset": "tiny"' spec.json
1
$ frugal validate spec.json
spec.json: 1 run in 1 cell
$ frugal submit spec.json --set network.hidden=[12] --set stop.accuracy=null --set stop.epochs=5 --seeds 3 --wait
job 1: 3 runs in 1 cell
n  samples   M0  *  test accuracy
3  3000 ± 0  *
$ frugal ls
job  state      runs  progress  name  age
  1  succeeded   3/3     100 %  *
$ frugal ls -q
1
$ frugal show 1 -q
1
2
3
$ frugal trace 2 | head -n 1 | cut -d, -f1-4
samples,epoch,train_accuracy,test_accuracy
$ frugal trace 2 --columns samples,m0 | tail -n 1
3000,*
$ frugal trace 2 --summary --columns samples,test_accuracy,m0
column *first *last
samples *0 *3000  ▁*█
test_accuracy *0.*  0.* *
m0 *0  *e6  ▁*█
$ frugal show 1 --csv | head -n 1
job,cell,name,runs,reached,missed,open,samples_n,*
$ frugal show 1 --json | head -n 2
{
  "job": {
