// What a program did to its files, from the output of strace -f -y -xx: a list of
// {call, path, bytes, offset, size} in the order in which the calls returned.

function unhex(text) {
  return Buffer.from(text.replaceAll("\\x", ""), "hex");
}

const FORMS = [
  [/^pwrite64\(\d+<([^>]*)>, "([^"]*)", \d+, (\d+)\)\s+= (\d+)/, ([, path, bytes, offset, size]) =>
    ({ call: "write", path, bytes: unhex(bytes).subarray(0, Number(size)), offset: Number(offset) })],
  [/^f(?:data)?sync\(\d+<([^>]*)>\)\s+= 0/, ([, path]) => ({ call: "sync", path })],
  [/^ftruncate\(\d+<([^>]*)>, (\d+)\)\s+= 0/, ([, path, size]) =>
    ({ call: "truncate", path, size: Number(size) })],
  [/^(?:sendmsg|sendto|send|write|writev)\(\d+<[^>]*>(.*)$/, ([, rest]) =>
    ({ call: "send", bytes: Buffer.concat([...rest.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)]
      .map(([, part]) => unhex(part))) })],
];

/* -y prints paths in hex too, with -xx. */
function readable(line) {
  return line.replace(/<((?:\\x[0-9a-f]{2})+)>/g, (_, path) => `<${unhex(path)}>`);
}

export function parse(text) {
  const events = [];
  const begun = new Map(); // thread -> the call that has not returned
  for (const line of text.split("\n")) {
    const [, thread, rest] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (!thread) continue;
    let whole = rest;
    const unfinished = / ?<unfinished \.\.\.>$/.exec(rest);
    if (unfinished) {
      begun.set(thread, rest.slice(0, unfinished.index));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>\s?/.exec(rest);
    if (resumed) whole = (begun.get(thread) ?? "") + rest.slice(resumed[0].length);
    whole = readable(whole);
    for (const [form, make] of FORMS) {
      const match = form.exec(whole);
      if (match) events.push(make(match));
    }
  }
  return events;
}

/* Where TCP connections went, from the output of strace -f -yy: [{address, port}]. Datagrams
   are left out: with them names are resolved, and addresses put in order. */
export function connections(text) {
  const form = /connect\(\d+<TCP[^(]*?>?, \{sa_family=AF_INET6?, (.*?)\}/g;
  return [...text.matchAll(form)].map(([, rest]) => ({
    address: /"([^"]+)"/.exec(rest)[1], port: Number(/htons\((\d+)\)/.exec(rest)[1]) }));
}
