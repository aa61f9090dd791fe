"""What does not fit on a page: too wide, or seen only by scrolling sideways."""

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
    // A table in a text that a stranger wrote may be as wide as they like: it is scrolled by itself
    const strangers = 'dialog table:not([class])'
    const found = []
    const over = document.documentElement.scrollWidth - innerWidth
    if (over > 0) found.push(`the page is ${over} px too wide`)
    for (const element of document.querySelectorAll('main *, dialog, dialog *')) {
        if (!shown(element) || element.parentElement.closest(strangers)) continue
        const box = element.getBoundingClientRect()
        const style = getComputedStyle(element)
        const isHidden = style.clipPath !== 'none' || element.closest('.visually-hidden')
        if (!isHidden && !isCut(element) && box.width > 0 && (box.right > innerWidth + 1 || box.left < -1))
            found.push(`sticks out: ${name(element)}`)
        if (['auto', 'scroll'].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1 &&
            !element.matches(strangers))
            found.push(`has to be scrolled sideways: ${name(element)}`)
    }
    return found
}"""


async def misfits(page: Page) -> list[str]:
    """What is wider than the window, or can only be seen by scrolling sideways."""
    found: list[str] = await page.evaluate(MISFITS)
    return found


SMALL = """() => {
    const least = 24
    const found = []
    for (const element of document.querySelectorAll('button, input, select, textarea, summary, [role=tab]')) {
        // A box with a label is pressed by its label
        const target = (element.matches('[type=checkbox]') && element.labels?.[0]) || element
        const box = target.getBoundingClientRect()
        const isShown = target.checkVisibility({ visibilityProperty: true }) && box.height > 1
        // Rows of a list are pressed as a whole
        if (isShown && !element.closest('[role=row]') && (box.height < least || box.width < least))
            found.push(`${Math.round(box.width)} x ${Math.round(box.height)} px: ${element.outerHTML.slice(0, 120)}`)
    }
    return found
}"""


async def small_targets(page: Page) -> list[str]:
    """What is hard to hit: under 24 px high or wide (WCAG 2.2, 2.5.8)."""
    found: list[str] = await page.evaluate(SMALL)
    return found
