# One worker: what waits is held, released, cancelled and run again.
$ echo '{"dataset": "tiny", "network": {"hidden": [100]}, "stop": {"accuracy": null, "epochs": null, "samples": 1000000000}}' > endless.json
$ echo '{"dataset": "tiny", "network": {"hidden": [5]}, "stop": {"accuracy": null, "samples": 600}}' > quick.json
$ frugal submit endless.json -q
1
$ while ! frugal ls -q 'state = running' | grep -q 1; do sleep 0.1; done
$ frugal submit quick.json --seeds 2
job 2: 2 runs in 1 cell
$ frugal why 2
run 2: *
place 1 in the queue
...
$ frugal hold 2
job 2 is held: 2 held
$ frugal release 2 3
job 2 is queued: 1 queued, 1 held
$ frugal release 2 -q
2
$ frugal edit 2 --priority 7 --name second --note 'a note'
job 2 is queued: 2 queued
$ frugal tag 2 one two
job 2 is queued: 2 queued
$ frugal tag 2 two --remove
job 2 is queued: 2 queued
$ frugal ls -q 'tag = one and priority > 6 and name = second'
2
$ frugal cancel 2 3
job 2 is running: 1 queued, 1 cancelled
$ frugal cancel 1 > /dev/null; frugal wait 1
frugal: run 1 cancelled: *
job 1 is cancelled: 1 cancelled
? 1
$ frugal wait 2 -q
frugal: run 3 cancelled: *
2
? 1
$ frugal retry 2 > /dev/null; frugal wait 2
job 2 is succeeded: 2 succeeded
$ frugal retry 2
frugal: * (HTTP 409)
? 7
