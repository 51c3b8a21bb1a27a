# A file of settings, the environment before it, the command line before both.
$ unset FRUGAL_SERVER; mkdir -p config/frugal; echo "server = $SERVER" > config/frugal/frugal.conf; frugal ping
frugald * answers at http://127.0.0.1:*
$ unset FRUGAL_SERVER; echo 'server = http://127.0.0.1:1' > config/frugal/frugal.conf; frugal ping
frugal: no answer from http://127.0.0.1:1: *
...
? 6
$ FRUGAL_SERVER=$SERVER frugal ping -q
$ FRUGAL_SERVER=http://127.0.0.1:1 frugal --server $SERVER ping -q
$ FRUGAL_SERVER=http://127.0.0.1:1 frugal ping --server=$SERVER -q
$ echo 'tokn = x' > config/frugal/frugal.conf; frugal ping
frugal: *frugal.conf, line 1: there is no setting "tokn"*
? 2
$ rm config/frugal/frugal.conf; frugal --version
frugal *
$ frugal completion bash | bash -n
$ frugal completion tcsh
frugal: completion takes bash, zsh or fish*
? 2
