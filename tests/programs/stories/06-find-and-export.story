# Lists with a filter, and everything as CSV or JSON.
$ echo '{"dataset": "tiny", "network": {"hidden": [5]}, "evaluate": {"every": 300}, "stop": {"accuracy": null, "samples": 600}}' > spec.json
$ frugal submit spec.json --sweep network.hidden.0=[4,8] --seeds 2 --set 'name=a "name", quoted' --set 'tags=["fig3"]' --wait -q
1
$ frugal ls --csv
job,state,name,owner,dataset,priority,cells,runs,succeeded,progress,created,started,finished
1,succeeded,"a ""name"", quoted",anonymous,tiny,0,2,4,4,1,*
$ frugal ls -r --csv 'seed = 2 and spec.network.hidden.0 = 8' | cut -d, -f1-7
run,job,cell,seed,state,outcome,samples
4,1,1,2,succeeded,samples,600
$ frugal ls -r -q --sort=-id -n 2
4
3
$ frugal ls --json 'tag = fig3' | grep '"id"'
      "id": 1,
$ frugal export 'tag = fig3 and seed = 1' | cut -d, -f1-6
run,job,cell,seed,spec.network.hidden.0,samples
1,1,0,1,4,0
1,1,0,1,4,300
1,1,0,1,4,600
3,1,1,1,8,0
3,1,1,1,8,300
3,1,1,1,8,600
$ frugal export --ndjson 'id = 1' -o out.ndjson && wc -l < out.ndjson
3
$ frugal export -o out.ndjson
frugal: out.ndjson is there already; --force replaces it
? 8
$ frugal get 1 && stat -c %n run-1.npz
run-1.npz
$ frugal verify 1
run 1: the trace is the same, bit for bit
$ frugal verify 2 -q
$ frugal datasets --csv | head -n 1
name,state,train,test,height,width,classes,error
$ frugal datasets --csv | grep tiny
tiny,ready,600,200,8,8,4,
$ frugal presets -q | head -n 1
network-size
