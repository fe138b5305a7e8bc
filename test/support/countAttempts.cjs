// Preloaded (`node --require`) into every process of a product: notes next to itself, in one file for each process, the
// names that are looked up and the addresses that are connected or sent to, unless they are of this machine. Names of
// others are not found. It is copied to where it shall write: workers are given few variables of the environment.
'use strict';
const dgram = require('node:dgram');
const dns = require('node:dns');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');

const file = path.join(__dirname, `${process.pid}.txt`);
fs.appendFileSync(file, `${process.argv[1] ?? 'typed'}\n`);

const isHere = (host) => host === undefined || /^(localhost|127\.[\d.]+|::1|::ffff:127\.[\d.]+|)$/.test(String(host));
const note = (what, host) => isHere(host) || fs.appendFileSync(file, `${what} ${host}\n`);

for (const target of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype])
  for (const name of Object.getOwnPropertyNames(target)) {
    if (!/^(lookup|resolve|reverse)/.test(name) || typeof target[name] !== 'function') continue;
    const original = target[name];
    target[name] = function (host, ...rest) {
      if (isHere(host) || net.isIP(host) !== 0) return original.call(this, host, ...rest);
      note(`dns.${name}`, host);
      const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
      const callback = rest.at(-1);
      if (typeof callback !== 'function') return Promise.reject(error);
      process.nextTick(callback, error);
    };
  }

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  const host = typeof first === 'object' ? first.host : typeof second === 'string' ? second : undefined;
  if (host !== undefined && net.isIP(host) !== 0) note('connect', host);
  return connect.apply(this, args);
};

const { send } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function (...args) {
  note(
    'send',
    args.findLast((each) => typeof each === 'string'),
  );
  return send.apply(this, args);
};
