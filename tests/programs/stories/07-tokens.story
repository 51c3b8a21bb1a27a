# A server that requires tokens: who may do what, and how it is given.
$ frugal ls
frugal: * (HTTP 401)
  frugal login keeps a token for you, or FRUGAL_TOKEN has one
? 5
$ frugal login <<< "$TOKEN"
frugal: you are anna, with the role admin; the token is kept in */config/frugal/token
$ stat -c %a config/frugal/token
600
$ frugal user create bert --role reader
user bert has the role reader
$ frugal user create bert
frugal: there is a user of that name (HTTP 409)
? 7
$ frugal user ls
name  role    tokens  created
anna  admin        1  2*
bert  reader       0  2*
$ frugal token create bert --expires 7 --name laptop > bert; wc -l < bert
1
$ FRUGAL_TOKEN=$(cat bert) frugal submit - <<< '{"dataset": "tiny"}'
frugal: * (HTTP 403)
? 5
$ frugal user role bert user
user bert has the role user
$ frugal user role bert user -q
$ frugal user ls --csv | cut -d, -f1-3
name,role,tokens
anna,admin,1
bert,user,1
$ frugal token ls -q | wc -l
2
$ frugal token rewoke x
frugal: token takes create USER, ls, or revoke ID; did you mean "revoke"?
? 2
$ frugal user role bert king
frugal: * (HTTP 422)
  /role: must be reader, user, admin or worker
? 3
$ frugal token revoke $(frugal token ls -q | tail -n 1)
token * of bert is revoked
$ frugal user rm bert --json
{
  "name": "bert",
  "deleted": true
}
$ FRUGAL_TOKEN=$(cat bert) frugal ls
frugal: * (HTTP 401)
...
? 5
$ frugal user ls -q
anna
$ chmod 644 config/frugal/token; frugal ls
frugal: *can be read by others*
? 2
$ frugal ping -q
