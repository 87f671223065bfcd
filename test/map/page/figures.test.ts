import assert from 'node:assert/strict'
import { test } from 'node:test'
import { span } from '#src/map/page/figures.js'

test('a span of time is told in what is left of it when it has been rounded', () => {
  const spans: Record<string, number> = {
    '1 µs': 0,
    '180 µs': 0.18,
    '1.0 ms': 0.9996,
    '9.9 ms': 9.94,
    '10 ms': 9.96,
    '212 ms': 212.4,
    '1.0 s': 999.7,
    '2.6 s': 2600,
    '10 s': 9960,
    '59 s': 59_400,
    '1 min 0 s': 59_600,
    '3 min 20 s': 200_000,
    '5 min 0 s': 299_700,
    '1 h 0 min': 3_599_600,
    '2 h 0 min': 7_199_000,
  }
  for (const [text, ms] of Object.entries(spans)) assert.equal(span(ms), text)
})
