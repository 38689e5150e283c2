'use strict';
const { pathToFileURL } = require('node:url');

/** Runs a module in this process. In a file of its own, since an old Node could not even read `import()`. */
module.exports = (file) => import(pathToFileURL(file).href);
