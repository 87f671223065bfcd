export const style = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf8; --card: #fff; --ink: #1d1c1a; --soft: #6d6a64; --line: #e4e1db;
  --main: #0f6e84; --second: #b4561c; --bad: #b3261e; --fill: #0f6e8422;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #16181a; --card: #1e2124; --ink: #e8e6e1; --soft: #9b9890; --line: #33373b;
    --main: #5cc0d8; --second: #e89a5e; --bad: #ff8a80; --fill: #5cc0d822;
  }
}
* { box-sizing: border-box }
body { margin: 0 auto; padding: 32px 20px 64px; max-width: 1040px; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums }
h1 { font-size: 24px; margin: 0; overflow-wrap: anywhere }
h2 { font-size: 15px; margin: 0 0 12px }
.lead { color: var(--soft); margin: 4px 0 24px }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin-bottom: 12px }
.fact, section { background: var(--card); border: 1px solid var(--line); border-radius: 8px }
.fact { padding: 12px 16px }
.fact b { display: block; font-size: 22px; line-height: 1.3 }
.fact span { color: var(--soft); font-size: 13px }
section { padding: 16px 20px; margin-top: 12px; overflow-x: auto }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(380px, 1fr)); gap: 0 12px; align-items: stretch }
table { border-collapse: collapse; width: 100% }
th { text-align: left; font-weight: 500; color: var(--soft); font-size: 13px }
th, td { padding: 4px 12px 4px 0; vertical-align: top; border-bottom: 1px solid var(--line) }
tr:last-child td { border-bottom: 0 }
.now { white-space: nowrap }
.n { text-align: right; white-space: nowrap }
.wide { overflow-wrap: anywhere; width: 100% }
.bad { color: var(--bad) }
.none { color: var(--soft); margin: 0 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0 }
dt { color: var(--soft) } dd { margin: 0 }
.bars { display: flex; align-items: flex-end; gap: 2px; height: 140px; border-bottom: 1px solid var(--line) }
.bars i { flex: 1 1 0; max-width: 28px; background: var(--main); border-radius: 2px 2px 0 0; min-height: 0 }
.scale { display: flex; justify-content: space-between; color: var(--soft); font-size: 13px; margin: 4px 0 12px }
.plot { min-height: 230px } .plot.low { min-height: 150px }
.u-legend { text-align: left; font-size: 13px; color: var(--soft) } .u-legend th { font-size: 13px; border: 0; padding: 0 }
.u-legend td { border: 0; padding: 0 4px }
`
