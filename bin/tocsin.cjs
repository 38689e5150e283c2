#!/usr/bin/env node
'use strict';
// Written in the oldest JavaScript, so that any Node can read it and say what is missing. When the Node that runs it is too
// old, the one that npm installed beside the project (the package node-linux-…) takes over.
var path = require('path');
var fs = require('fs');

var root = path.join(__dirname, '..');
var script = path.join(root, 'src', 'launch.ts');
var oldest = [22, 22];

function newEnough(version) {
  var parts = version.split('.').map(Number);
  return parts[0] > oldest[0] || (parts[0] === oldest[0] && parts[1] >= oldest[1]);
}

function installedNode() {
  var file = path.join(root, 'node_modules', 'node-' + process.platform + '-' + process.arch, 'bin', 'node');
  return fs.existsSync(file) ? file : undefined;
}

function runWith(node) {
  var child = require('child_process').spawn(node, [script].concat(process.argv.slice(2)), {
    stdio: 'inherit',
  });
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      // Ctrl-C has reached the child already, being in the same group; a signal to this process alone has not.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  });
  child.on('error', function (error) {
    refuse('Tocsin could not be started with ' + node + ': ' + error.message);
  });
  child.on('exit', function (code) {
    process.exit(code === null ? 1 : code);
  });
}

function refuse(text) {
  console.error(text);
  process.exit(1);
}

var tooOld =
  'Tocsin needs Node ' + oldest.join('.') + ' or newer; this is Node ' + process.versions.node + '.';
var remedy = 'On Linux, npm ci brings one along (without --omit=optional). Elsewhere: https://nodejs.org';

if (!fs.existsSync(path.join(root, 'node_modules'))) {
  refuse('Tocsin is not installed yet. Run: npm ci');
} else if (newEnough(process.versions.node)) {
  void require('./import.cjs')(script);
} else if (installedNode()) {
  runWith(installedNode());
} else {
  refuse(tooOld + '\n' + remedy);
}
