-- Who may do what: users, and the tokens that they show with their requests.

CREATE TABLE user (
    name    TEXT    NOT NULL PRIMARY KEY, -- job.owner of what he submits
    role    TEXT    NOT NULL,             -- reader, user, admin
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Found by its id on every request.
CREATE TABLE token (
    id      TEXT    NOT NULL PRIMARY KEY, -- 8 hexadecimal digits, the public part of the token
    digest  TEXT    NOT NULL,             -- SHA-256 of its secret part, which is kept nowhere
    user    TEXT    NOT NULL REFERENCES user (name),
    role    TEXT    NOT NULL, -- counts as far as it is not more than that of the user
    name    TEXT    NOT NULL, -- what it is for
    created INTEGER NOT NULL,
    expires INTEGER, -- NULL: never
    revoked INTEGER, -- NULL: it is not
    used    INTEGER  -- the day of its last use, counted from 1970; NULL: never
) STRICT, WITHOUT ROWID;

-- What goes with a user who is deleted, and how many he has.
CREATE INDEX token_by_user ON token (user);
