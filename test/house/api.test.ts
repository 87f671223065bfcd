import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as omakase from 'omakase'
import * as cluster from 'omakase/cluster'
import * as debug from 'omakase/debug'
import * as map from 'omakase/map'
import * as node from 'omakase/node'
import * as stream from 'omakase/stream'
import * as testing from 'omakase/testing'
import * as workers from 'omakase/workers'
import { API } from './api.js'

for (const [entry, exported] of Object.entries({
  omakase,
  'omakase/cluster': cluster,
  'omakase/debug': debug,
  'omakase/map': map,
  'omakase/node': node,
  'omakase/stream': stream,
  'omakase/testing': testing,
  'omakase/workers': workers,
})) {
  test(`${entry} exports what the list of the public surface says`, () => {
    assert.deepEqual(Object.keys(exported).sort(), [...API[entry as keyof typeof API]].sort())
  })
}
