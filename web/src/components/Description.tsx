import DOMPurify from 'dompurify'
import { useMemo } from 'react'
import type { Posting } from '../lib/api/jobs'
import { safeUrl } from '../lib/format'
import styles from './Description.module.css'

/** What a board wrote about a posting. */
export function Description({ posting }: { posting: Posting }) {
  if (!posting.description_html)
    return <p className={styles.text}>{posting.description_text || 'The posting has no description.'}</p>
  return <SafeHtml html={posting.description_html} />
}

/** HTML that strangers wrote. The server has sanitised it already; that is worth a second lock. */
export function SafeHtml({ html: written }: { html: string }) {
  const html = useMemo(() => sanitise(written), [written])
  // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised twice.
  return <div className={styles.text} dangerouslySetInnerHTML={{ __html: html }} />
}

/** No scripts, styles, forms or frames; every link opens elsewhere and says nothing about where it comes from. */
export function sanitise(html: string): string {
  const fragment = DOMPurify.sanitize(html, {
    USE_PROFILES: { html: true },
    FORBID_TAGS: ['style', 'form', 'input', 'button', 'textarea', 'select', 'img', 'video', 'audio'],
    FORBID_ATTR: ['style', 'class', 'id', 'name'],
    RETURN_DOM_FRAGMENT: true,
  })
  for (const link of fragment.querySelectorAll('a')) {
    if (safeUrl(link.getAttribute('href')) === null) link.removeAttribute('href')
    link.setAttribute('rel', 'noopener noreferrer')
    link.setAttribute('target', '_blank')
  }
  const holder = document.createElement('div')
  holder.append(fragment)
  return holder.innerHTML
}
