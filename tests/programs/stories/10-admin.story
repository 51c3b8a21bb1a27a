# Whoever looks after the server.
$ frugal admin workers
0 of 1 workers at work
$ frugal admin workers 2
0 of 2 workers at work
$ frugal admin drain
0 of 2 workers at work, draining
$ frugal admin resume --json
{
...
$ frugal admin backup
*/backups/*.db
$ frugal admin worker
frugal: admin takes workers [N], drain, resume or backup; did you mean "workers"?
? 2
