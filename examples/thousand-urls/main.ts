import { openSite } from './site.js'
import { styles } from './styles.js'

// Checks the same thousand pages in each style, and prints what each has found.

const site = await openSite()
for (const [style, checkAll] of Object.entries(styles)) {
  const start = performance.now()
  const statuses = await checkAll(site.urls)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  const [there, missing, silent] = ([200, 404, 'no answer'] as const).map(
    status => statuses.filter(each => each === status).length,
  )
  console.log(`${style}: ${there} are there, ${missing} are missing, ${silent} did not answer; ${seconds} s`)
}
site.close()
