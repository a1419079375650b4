/** Returns why a content type is refused, in packaging's words; null if it is not (`_process_description_content_type`). */
export function contentTypeFault(text: string): string | null {
  const [type = '', ...parameters] = text.split(';').map((each) => each.trim())
  const kind = type.toLowerCase()
  const name = "'description-content-type'"
  if (!/^text\/(?:plain|x-rst|markdown)$/.test(kind))
    return `${name} must be one of ['text/plain', 'text/x-rst', 'text/markdown'], not '${text}'`
  const values = new Map<string, string>()
  for (const each of parameters.filter(Boolean)) {
    const [key, ...rest] = each.split('=')
    if (key === undefined || rest.length === 0)
      return `'${text}' is not a valid content type for ${name}: missing value`
    values.set(
      key.trim().toLowerCase(),
      rest
        .join('=')
        .trim()
        .replace(/^"(.*)"$/, '$1'),
    )
  }
  const charset = values.get('charset') ?? 'UTF-8'
  if (charset.toLowerCase() !== 'utf-8') return `${name} can only specify the UTF-8 charset, not '${charset}'`
  const variant = values.get('variant') ?? 'GFM'
  if (kind !== 'text/markdown' || variant === 'GFM' || variant === 'CommonMark') return null
  return `valid Markdown variants for ${name} are ['GFM', 'CommonMark'], not '${variant}'`
}

/** Directives that docutils knows and PyPI renders. */
const RENDERED =
  /^(?:admonition|attention|caution|class|code|code-block|compound|container|contents|csv-table|danger|date|default-role|epigraph|error|figure|footer|header|highlights|hint|image|important|line-block|list-table|math|meta|note|parsed-literal|pull-quote|replace|role|rst-class|rubric|section-numbering|sectnum|sidebar|sourcecode|table|target-notes|tip|title|topic|unicode|warning)$/

/** Roles of Sphinx that are common in readmes; docutils knows none of them. */
const SPHINX_ROLE =
  /(?:^|[\s(])(?::(?:py|c|cpp|js|rst|std))?:(?:any|attr|class|cmd|const|data|doc|download|envvar|exc|func|meth|mod|obj|option|ref|term|pypi|issue|pull|user):`[^`\s]/m

/**
 * Returns why the description cannot be rendered, in PyPI's words; null if nothing is known against it. The sandbox has no
 * docutils: it finds directives at the beginning of a line, and roles of Sphinx.
 */
export function renderingFault(description: string | undefined, type: string | undefined): string | null {
  if (!description || (type !== undefined && !/^\s*text\/x-rst\b/i.test(type))) return null
  const examples = /^>>> [\s\S]*?(?:\n\n|$(?![\s\S]))/gm
  const text = description
    .replaceAll('\r\n', '\n')
    .replace(examples, '')
    .replace(/``[^`]*``/g, '')
  // What an earlier `::` makes literal, or a directive `role` defines, is left alone.
  const names = [...text.matchAll(/(?<!::)(?:^|\n\n)\.\. ([a-z][\w-]*)::(?=\s)/gi)].map(([, name = '']) => name)
  const isRefused = names.some((each) => !RENDERED.test(each.toLowerCase()))
  if (!isRefused && (!SPHINX_ROLE.test(text) || /^\.\. role::/m.test(text))) return null
  const where = type === undefined ? 'in the default format of reStructuredText' : `for '${type}'`
  return `The description failed to render ${where}. See the help on descriptions for more information.`
}
