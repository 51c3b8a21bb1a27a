# What is said when something is wrong, and what the exit code is then.
$ frugal sbumit x
frugal: there is no verb "sbumit"; did you mean "submit"?
? 2
$ frugal ls --jsno
frugal: there is no option --jsno; did you mean --json?
  frugal help ls says more
? 2
$ frugal show one
frugal: a job is named by its number, not by "one"
? 2
$ frugal show 99
frugal: * (HTTP 404)
? 4
$ frugal ls 'sate = failed'
frugal: * (HTTP 400)
  filter, column 1: *"sate" (did you mean "state"?)
? 2
$ printf '{\n  "dataset": "tiny",\n  "network": {\n    "hiden": [5]},\n  "seeds": [1,\n 1]\n}\n' > spec.json
$ frugal validate spec.json
frugal: the spec has 2 errors (HTTP 422)
  spec.json:4:5: /network/hiden: unknown key "hiden" (did you mean "hidden"?)
  spec.json:*: /seeds*
? 3
$ frugal submit spec.json --set training.learning_rate=-1 --seeds 1
frugal: the spec has 2 errors (HTTP 422)
  spec.json:4:5: /network/hiden: unknown key "hiden" (did you mean "hidden"?)
  /training/learning_rate: must be at least 0 *
? 3
$ printf '{\n  "dataset": "tiny",\n}\n' > syntax.json
$ frugal validate syntax.json
frugal: syntax.json:3:1: *
? 3
$ frugal validate missing.json
frugal: missing.json cannot be opened: No such file or directory
? 2
$ frugal submit - <<< '{"dataset": "tinny"}'
frugal: the spec has 1 error (HTTP 422)
  <stdin>:1:2: /dataset: *
? 3
$ frugal --server http://127.0.0.1:1 ls
frugal: no answer from http://127.0.0.1:1: *
  is frugald running there? --server or FRUGAL_SERVER names another one
? 6
$ frugal --server nonsense: ls
frugal: "nonsense:" is not the address of a server
? 2
$ frugal ls > /dev/full
frugal: the output could not be written: No space left on device
? 8
