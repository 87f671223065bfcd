import { resolve } from 'node:path'
import {
  isClassDeclaration,
  isExportSpecifier,
  isFunctionDeclaration,
  isInterfaceDeclaration,
  isTypeAliasDeclaration,
  isTypeReferenceNode,
  SyntaxKind,
} from 'typescript/unstable/ast'
import { API, SymbolFlags } from 'typescript/unstable/sync'
import { docOf } from './docstring.mjs'

/** What each entry exports, as pairs of entry and list, given pairs of entry and file. */
export function exportsOf(sources) {
  const api = new API({ cwd: resolve('.') })
  try {
    const [project] = api.updateSnapshot({ openProject: resolve('tsconfig.build.json') }).getProjects()
    const { program, checker } = project
    const found = sources.map(([entry, file]) => {
      const module = checker.getSymbolAtLocation(program.getSourceFile(resolve(file)))
      return [entry, checker.getExportsOfModule(module).map(each => [each, targetOf(each, checker)])]
    })
    const known = new Set(found.flatMap(([, list]) => list.map(([, symbol]) => symbol.id)))
    return found.map(([entry, list]) => [
      entry,
      list.map(([exported, symbol]) => itemOf(exported, symbol, { project, checker, known })),
    ])
  } finally {
    api.close()
  }
}

function itemOf(exported, symbol, { project, checker, known }) {
  const { name } = exported
  const isTypeOnly = declarationsOf(exported, project).some(
    each => isExportSpecifier(each) && (each.isTypeOnly || each.parent.parent.isTypeOnly),
  )
  const all = declarationsOf(symbol, project)
  const overloads = all.filter(node => isFunctionDeclaration(node) && node.body === undefined)
  const shown = overloads.length > 0 ? overloads : all
  const [node] = shown
  const base = baseOf(node, { project, checker, known })
  const isType = isInterfaceDeclaration(node) || isTypeAliasDeclaration(node) || isTypeOnly
  return {
    name,
    kind: isType ? 'type' : isClassDeclaration(node) && isError(node) ? 'error' : 'value',
    signatures: shown.map(each => signatureOf(each, base)),
    helpers: helpersOf(shown, { project, checker, known }).map(textOf),
    docs: shown.map(docOf).filter(Boolean),
    members: [...membersOf(node, name), ...membersOf(base, name)].filter(
      (each, i, list) => list.findIndex(other => other.name === each.name) === i,
    ),
  }
}

function targetOf(symbol, checker) {
  return symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}

function declarationsOf(symbol, project) {
  return symbol.declarations.map(handle => handle.resolve(project))
}

/** What a class extends, where that is a part of ours with no page of its own. */
function baseOf(node, { project, checker, known }) {
  const [clause] = node.heritageClauses ?? []
  if (!isClassDeclaration(node) || clause?.token !== SyntaxKind.ExtendsKeyword) return undefined
  const symbol = targetOf(checker.getSymbolAtLocation(clause.types[0].expression), checker)
  if (known.has(symbol.id)) return undefined
  return declarationsOf(symbol, project).find(each => isClassDeclaration(each) && isOurs(each))
}

function isOurs(node) {
  return !node.getSourceFile().fileName.includes('node_modules') && !node.getSourceFile().isDeclarationFile
}

function isError(node) {
  return node.heritageClauses?.some(clause => /Error\b/.test(clause.getText())) ?? false
}

/** The types that are used there and have no page of their own. */
function helpersOf(nodes, { project, checker, known }) {
  const helpers = new Map()
  const visit = node => {
    if (node.kind === SyntaxKind.Block || !isPublic(node)) return
    if (isTypeReferenceNode(node)) {
      const name = checker.getSymbolAtLocation(node.typeName)
      const symbol = name && targetOf(name, checker)
      if (symbol !== undefined && !known.has(symbol.id) && !helpers.has(symbol.id)) {
        const helper = declarationsOf(symbol, project).find(
          each => (isTypeAliasDeclaration(each) || isInterfaceDeclaration(each)) && isOurs(each),
        )
        if (helper !== undefined) {
          helpers.set(symbol.id, helper)
          visit(helper)
        }
      }
    }
    node.forEachChild(visit)
  }
  for (const node of nodes) visit(node)
  return [...helpers.values()]
}

/** As it is written, to its end. */
function textOf(node) {
  return node.getText().replace(/^export /, '')
}

/** As it is written, without its body. */
function signatureOf(node, base) {
  const text = node.getSourceFile().text
  const begin = node.getStart()
  if (!hasMembers(node)) {
    const end = node.body?.getStart() ?? node.end
    return text
      .slice(begin, end)
      .trim()
      .replace(/^(?:(?:export|override|readonly|async) )+/, '')
  }
  const head = text.slice(begin, node.members.pos).replace(/\s*\{\s*$/, '')
  return head.replace('export ', '').replace(base === undefined ? '' : / extends \w+(<.*?>)?/, '')
}

function membersOf(node, of) {
  if (node === undefined || !hasMembers(node)) return []
  return node.members.filter(isPublic).flatMap(each => {
    if (each.kind === SyntaxKind.SetAccessor) return []
    if (isError(node) && (each.kind === SyntaxKind.Constructor || each.name.getText() === 'name')) return []
    const name = each.kind === SyntaxKind.Constructor ? 'new' : (each.name?.getText() ?? '()')
    const isWritable = node.members.some(
      other => other.kind === SyntaxKind.SetAccessor && other.name.getText() === name,
    )
    return [{ name, signature: memberOf(each, of, isWritable), docs: [docOf(each)].filter(Boolean) }]
  })
}

function memberOf(node, of, isWritable) {
  const text = signatureOf(node)
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/,(?= \))/, '')
    .replaceAll(/\( | \)/g, each => each.trim())
  if (node.kind === SyntaxKind.Constructor) return text.replace('constructor', `new ${of}`)
  if (node.kind === SyntaxKind.GetAccessor)
    return text.replace(/^get (\S+)\(\)/, isWritable ? '$1' : 'readonly $1')
  return text.replace(/^\*/, '')
}

function hasMembers(node) {
  return isClassDeclaration(node) || isInterfaceDeclaration(node)
}

const HIDDEN = [SyntaxKind.PrivateKeyword, SyntaxKind.ProtectedKeyword]

function isPublic(node) {
  if (node.kind === SyntaxKind.ClassStaticBlockDeclaration || docOf(node)?.isInternal) return false
  return (
    !node.modifiers?.some(({ kind }) => HIDDEN.includes(kind)) &&
    !/^(#|\[(?!Symbol\.))/.test(node.name?.getText())
  )
}
