# A job goes into the trash, comes back, and is gone.
$ frugal submit --preset first -q --dry-run
? 4
frugal: there is no preset "first"*
$ echo '{"dataset": "tiny", "network": {"hidden": [5]}, "stop": {"accuracy": null, "samples": 600}}' > quick.json
$ frugal submit quick.json --wait -q
1
$ frugal rm 1
job 1 is in the trash; frugal restore 1 takes it out
$ frugal ls -q
$ frugal ls -q --trash
1
$ frugal restore 1 -q
1
$ frugal rm 1 --purge
frugal: job 1,* is not in the trash; --purge deletes it for good, with 1 run and all traces
  give --yes if that is what you want
? 2
$ frugal rm 1 --purge --yes
job 1 is deleted
$ frugal show 1
frugal: * (HTTP 404)
? 4
$ frugal ls --runs --trash
frugal: there is a trash for jobs, not for runs
? 2
