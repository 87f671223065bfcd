import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as rules from '#src/cluster/coordinator/chunk-size.js'
import { CURVE, model, type Row } from '../../bench/cluster-model/cases.js'
import { draw } from '../../bench/cluster-model/draw.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const { costs, curve } = JSON.parse(readFileSync(join(root, 'bench/results/cluster-model.json'), 'utf8'))

for (const asked of CURVE.filter(({ machines }) => machines === 10)) {
  test(`the model says of ${asked.machines} machines and ${asked.itemMs} ms what is kept of it (npm run bench -- cluster-model)`, () => {
    const kept = (curve as Row[]).find(row => row.machines === 10 && row.itemMs === asked.itemMs)
    assert.deepEqual(model(asked, rules), kept)
  })
}

test('the curve in the docs is drawn from what is kept of the model', () => {
  assert.equal(readFileSync(join(root, 'docs/cluster-model.svg'), 'utf8'), draw(curve, costs.linesPerSecond))
})
