# What bash offers, from the tables of verbs and options.
$ frugal completion bash > done.sh; cat >> done.sh <<'END'
> offer() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _frugal; echo "${COMPREPLY[*]}"; }
> END
$ . ./done.sh; offer frugal su
submit
$ . ./done.sh; offer frugal --server x va
validate
$ . ./done.sh; offer frugal token ''
create ls revoke
$ . ./done.sh; offer frugal token create x --role a
admin
$ . ./done.sh; offer frugal submit --preset netw
network-size
$ . ./done.sh; offer frugal retry --fa
--failed
$ . ./done.sh; touch spec.json; offer frugal submit sp
spec.json
$ . ./done.sh; offer frugal help compl
completion
