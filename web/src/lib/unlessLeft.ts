/** After so long, whoever wanted to leave the page has stayed. */
export const STAYED_MS = 10_000

/**
 * `coming`. If it fails after somebody has begun to leave the page, that is told only once they have had the time to be gone.
 *
 * Firefox gives up what a page fetches as soon as it is left, long before the next one is there. The router takes a part of
 * the app that does not come for one of an older build, and loads the page anew: that would hold back whoever leaves.
 */
export async function unlessLeft<T>(coming: Promise<T>): Promise<T> {
  let left = false
  const note = () => {
    left = true
  }
  window.addEventListener('beforeunload', note)
  try {
    return await coming
  } catch (error) {
    if (left) await new Promise((goOn) => setTimeout(goOn, STAYED_MS))
    throw error
  } finally {
    window.removeEventListener('beforeunload', note)
  }
}
