import DOMPurify from 'dompurify'
import { useMemo } from 'react'
import type { Posting } from '../lib/api/jobs'
import { safeUrl } from '../lib/format'
import styles from './Description.module.css'

/** What a board wrote about a posting. */
export function Description({ posting }: { posting: Posting }) {
  // The server has sanitised it already; what was written by strangers is worth a second lock.
  const html = useMemo(() => sanitise(posting.description_html ?? ''), [posting.description_html])
  if (html === '')
    return <p className={styles.text}>{posting.description_text || 'The posting has no description.'}</p>
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
