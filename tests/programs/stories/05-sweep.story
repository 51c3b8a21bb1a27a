# A sweep, more of it, and what it says.
$ echo '{"dataset": "tiny", "name": "size", "network": {"hidden": [5]}, "evaluate": {"every": 300}, "stop": {"accuracy": null, "samples": 3000}}' > spec.json
$ frugal submit spec.json --sweep network.hidden.0=[4,8] --seeds 2 --wait
job 1: 4 runs in 2 cells
hidden.0  n  samples   M0 *
4         2  3000 ± 0  *
8         2  3000 ± 0  *
$ frugal extend 1 --seeds 3 --sweep network.hidden.0=[16]
job 1 is *
$ frugal wait 1
job 1 is succeeded: 9 succeeded
$ frugal compare 1 --baseline 1:0 --metric m0
cell  hidden.0  n    M0  *  saving M0
 1:0  4         3/3  *  1 ± 0
 1:1  8         3/3  *  0.5* ± 0
 1:2  16        3/3  *  0.* ± 0
frugal: mean ± s.e.m. over the seeds, at the end of the runs that succeeded
$ frugal compare 1 --csv | cut -d, -f1-4
job,cell,name,/network/hidden/0
1,0,size,4
1,1,size,8
1,2,size,16
$ frugal compare 1:2 --latex | head -n 1
%*
$ frugal compare 1 --csv --latex
frugal: --csv, --latex and --json exclude each other
? 2
$ frugal compare 1 --metric m7
frugal: there is no result "m7", but *
? 2
$ frugal plot 1 -x hidden.0 -o size.svg && head -c 4 size.svg
<svg
$ frugal plot 1 | head -c 4
<svg
