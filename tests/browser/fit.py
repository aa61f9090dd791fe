"""What does not fit on a page: too wide, cut off sideways, or too small for a thumb."""

from playwright.async_api import Page, ViewportSize

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 800}
MISFITS = """() => {
    const shown = (element) => element.checkVisibility({ visibilityProperty: true })
    const name = (element) => element.outerHTML.slice(0, 120)
    // What does not fit there ends with an ellipsis
    const isCut = (element) => {
        for (let at = element.parentElement; at; at = at.parentElement)
            if (getComputedStyle(at).overflowX === 'hidden') return true
        return false
    }
    const found = []
    const over = document.documentElement.scrollWidth - innerWidth
    if (over > 0) found.push(`the page is ${over} px too wide`)
    for (const element of document.querySelectorAll('main *, dialog, dialog *')) {
        if (!shown(element)) continue
        const box = element.getBoundingClientRect()
        const style = getComputedStyle(element)
        const isHidden = style.clipPath !== 'none' || element.closest('.visually-hidden')
        if (!isHidden && !isCut(element) && box.width > 0 && (box.right > innerWidth + 1 || box.left < -1))
            found.push(`sticks out: ${name(element)}`)
        if (['auto', 'scroll'].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1)
            found.push(`has to be scrolled sideways: ${name(element)}`)
    }
    return found
}"""
SMALL = """() => {
    const found = []
    for (const element of document.querySelectorAll('a[href], button, select, summary, input, [role=tab]')) {
        if (!element.checkVisibility({ visibilityProperty: true })) continue
        if (getComputedStyle(element).clipPath !== 'none') continue
        // Within a sentence or a list of words a link is as high as its line (WCAG 2.5.8)
        if (element.matches('a') && getComputedStyle(element).display === 'inline') continue
        // The whole row takes the press
        if (element.closest('[role=row]')) continue
        const target = element.matches('label input') ? element.closest('label') : element
        const { width, height } = target.getBoundingClientRect()
        if (width > 1 && (height < 24 || width < 24))
            found.push(`${Math.round(width)} x ${Math.round(height)}: ${element.outerHTML.slice(0, 120)}`)
    }
    return found
}"""


async def misfits(page: Page) -> list[str]:
    """What is wider than the window, or can only be seen by scrolling sideways."""
    found: list[str] = await page.evaluate(MISFITS)
    return found


async def small_targets(page: Page) -> list[str]:
    """What a thumb would miss: less than 24 px."""
    found: list[str] = await page.evaluate(SMALL)
    return found
