/** Draws the charts from the samples that stand in the page; runs in the browser, beside uPlot. */
export const script = `
const { samples, changes } = JSON.parse(document.getElementById('data').textContent)
const seconds = samples.map(s => s.at / 1000)
const perSecond = samples.map((s, i) => {
  const back = Math.max(0, i - 5), ms = s.at - samples[back].at
  return ms > 0 ? 1000 * (s.ok + s.failed - samples[back].ok - samples[back].failed) / ms : null
})
const charts = [
  { title: 'Items a second', colour: '--main', values: perSecond, round: 1 },
  { title: 'Handed to workers', colour: '--second', values: samples.map(s => s.running), round: 0 },
  { title: 'Workers', colour: '--soft', values: samples.map(s => s.workers), round: 0, height: 120 },
]
let drawn = []
function draw() {
  drawn.forEach(chart => chart.destroy())
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const axis = { stroke: css('--soft'), grid: { stroke: css('--line'), width: 1 }, ticks: { stroke: css('--line'), width: 1 } }
  drawn = charts.map(({ title, colour, values, round, height = 200 }, i) => {
    const place = document.getElementById('plot-' + i)
    return new uPlot({
      width: place.clientWidth, height, title: '',
      cursor: { sync: { key: 'run' }, y: false },
      scales: { x: { time: false, range: (_, low, high) => [0, high] }, y: { range: (_, low, high) => [0, Math.max(1, high * 1.1)] } },
      axes: [{ ...axis, values: (_, all) => all.map(s => s + ' s') }, { ...axis, incrs: round === 0 ? [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000] : undefined, size: 64, values: (_, all) => all.map(v => v.toLocaleString('en-US')) }],
      series: [
        { label: 'at', value: (_, s) => s == null ? '' : s.toFixed(1) + ' s' },
        { label: title, stroke: css(colour), fill: css('--fill'), width: 2, points: { show: samples.length < 12 },
          value: (_, v) => v == null ? '' : v.toLocaleString('en-US', { maximumFractionDigits: round }) },
      ],
      hooks: { draw: [chart => {
        const { ctx, bbox } = chart
        ctx.save()
        ctx.strokeStyle = css('--soft')
        ctx.setLineDash([4, 4])
        for (const at of changes) {
          const x = Math.round(chart.valToPos(at / 1000, 'x', true))
          ctx.beginPath(); ctx.moveTo(x, bbox.top); ctx.lineTo(x, bbox.top + bbox.height); ctx.stroke()
        }
        ctx.restore()
      }] },
    }, [seconds, values], place)
  })
}
draw()
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
let waiting
addEventListener('resize', () => { clearTimeout(waiting); waiting = setTimeout(draw, 100) })
`
