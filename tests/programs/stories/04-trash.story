# A job goes into the trash, comes back, and is gone.
$ frugal submit --preset first -q --dry-run
? 4
frugal: there is no preset "first"*
$ echo '{"dataset": "tiny", "network": {"hidden": [5]}, "stop": {"accuracy": null, "samples": 600}}' > quick.json
$ frugal submit quick.json --wait -q
1
$ frugal rm 1
job 1 is succeeded: 1 succeeded
$ frugal ls -q
$ frugal ls -q --trash
1
$ frugal restore 1 -q
1
$ frugal rm 1 --purge
job 1 is deleted
$ frugal show 1
frugal: * (HTTP 404)
? 4
$ frugal ls --runs --trash
frugal: there is a trash for jobs, not for runs
? 2
