// generate.mjs: copies of cgi-bin/ledger/*.c in which every operator of comparison, arithmetic and logic can be changed at run time
// (mutant schemata): `a < b` becomes an expression that asks mutant.h whether this process runs mutant 17. Places and types come from
// clang's own syntax tree. What cannot be changed so (constant expressions, inside macros, the promises of must()) is left as it is.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'

const others = {
    '<': ['<=', '>='], '<=': ['<', '>'], '>': ['>=', '<='], '>=': ['>', '<'], '==': ['!='], '!=': ['=='],
    '+': ['-'], '-': ['+'], '*': ['/'], '/': ['*'], '%': ['*'], '+=': ['-='], '-=': ['+='], '*=': ['/='], '/=': ['*='],
    '++': ['--'], '--': ['++'], '&&': ['||'], '||': ['&&'],
}
const groups = { compare: ['<', '<=', '>', '>=', '==', '!='], logic: ['&&', '||'] }
const groupOf = op => Object.keys(groups).find(group => groups[group].includes(op)) ?? 'arithmetic'

// Where a node begins and ends in the file, macros as they are written; null when it is of a macro's making.
function extent(range, source) {
    const begin = range.begin.expansionLoc ?? range.begin
    const last = range.end.expansionLoc ?? range.end
    if (begin.offset === undefined || last.offset === undefined) return null
    if (range.begin.isMacroArgExpansion || range.begin.expansionLoc?.isMacroArgExpansion) return null
    let end = last.offset + last.tokLen
    if (range.end.expansionLoc && source[end] === '(') {
        let depth = 0
        do {
            depth += source[end] === '(' ? 1 : source[end] === ')' ? -1 : 0
            end++
        } while (depth > 0)
    }
    return { begin: begin.offset, end }
}
const isMacro = range => range.begin.expansionLoc !== undefined
const isPointer = node => /\*|\[/.test(node.type.desugaredQualType ?? node.type.qualType)

// All sites of one function's body.
function sitesOf(node, source, sites, promises) {
    if (node.kind === undefined || node.kind === 'ConstantExpr' || node.kind === 'UnaryExprOrTypeTraitExpr' ||
        (node.kind === 'VarDecl' && node.storageClass === 'static')) return
    const isBinary = node.kind === 'BinaryOperator' || node.kind === 'CompoundAssignOperator'
    const isStep = node.kind === 'UnaryOperator' && (node.opcode === '++' || node.opcode === '--')
    if ((isBinary || isStep) && others[node.opcode]) {
        const whole = extent(node.range, source)
        const parts = node.inner.map(part => extent(part.range, source))
        // An operand that is a macro is fine; an operator out of one is not.
        const inside = isMacro(node.range) && (!isBinary || extent(node.inner[1].range, source)?.begin === whole?.begin)
        const pointers = node.inner.map(isPointer)
        const impossible = (node.opcode === '+' && pointers[1]) || (node.opcode === '-' && pointers[0] && pointers[1])
        if (whole && parts.every(Boolean) && !inside && !impossible && !promises.some(p => p.begin <= whole.begin && whole.end <= p.end)) {
            const between = isBinary ? source.slice(parts[0].end, parts[1].begin).replace(/\/\*.*?\*\//gs, '') : node.opcode
            if (between.replace(/[\s]/g, '') === node.opcode) {
                sites.push({ ...whole, op: node.opcode, parts, isPostfix: node.isPostfix, group: groupOf(node.opcode) })
            }
        }
    }
    for (const child of node.inner ?? []) sitesOf(child, source, sites, promises)
}

function promisesOf(source) {
    return [...source.matchAll(/\bmust\(/g)].map(match => {
        let depth = 0
        let end = match.index + 4
        do {
            depth += source[end] === '(' ? 1 : source[end] === ')' ? -1 : 0
            end++
        } while (depth > 0)
        return { begin: match.index, end }
    })
}

// The text from begin to end, with the sites in it as they ask.
function emit(source, sites, begin, end) {
    let out = ''
    let at = begin
    for (const site of sites.filter(s => s.begin >= begin && s.end <= end && !(s.begin === begin && s.end === end && s.done))) {
        if (site.begin < at) continue // inside one that is done
        out += source.slice(at, site.begin) + emitSite(source, sites.filter(s => s !== site), site)
        at = site.end
    }
    return out + source.slice(at, end)
}
function emitSite(source, sites, site) {
    const [left, right] = site.parts.map(part => emit(source, sites, part.begin, part.end))
    const ids = site.mutants.map(mutant => mutant.id)
    const alternatives = site.mutants.map(mutant => mutant.to)
    const values = `__auto_type l_ = (${left}); __auto_type r_ = (${right});`
    if (site.group === 'compare') {
        const [first, second] = alternatives.map((op, i) => [ids[i], op])
        const inner = `MUTANT_PICK(${first[0]}, (l_ ${site.op} r_), (l_ ${first[1]} r_))`
        return second ? `({ ${values} _Bool o_ = l_ ${site.op} r_; _Bool b_ = l_ ${second[1]} r_; ` +
            `mutant_reached[${second[0]}] |= (o_ != b_); MUTANT_IS(${second[0]}) ? b_ : ${inner}; })` : `({ ${values} ${inner}; })`
    }
    if (site.group === 'logic') {
        return site.op === '&&' ? `({ _Bool l_ = (${left}); (l_ != MUTANT_SEEN(${ids[0]})) ? (_Bool)(${right}) : l_; })`
            : `({ _Bool l_ = (${left}); (l_ == MUTANT_SEEN(${ids[0]})) ? (_Bool)(${right}) : l_; })`
    }
    if (site.op === '++' || site.op === '--') {
        return site.isPostfix ? `(MUTANT_SEEN(${ids[0]}) ? (${left})${alternatives[0]} : (${left})${site.op})`
            : `(MUTANT_SEEN(${ids[0]}) ? ${alternatives[0]}(${left}) : ${site.op}(${left}))`
    }
    if (site.op.length === 2) {
        return `(MUTANT_SEEN(${ids[0]}) ? ((${left}) ${alternatives[0]} (${right})) : ((${left}) ${site.op} (${right})))`
    }
    if (alternatives[0] === '/') return `({ ${values} MUTANT_SEEN(${ids[0]}) ? l_ / r_ : l_ * r_; })`
    return `({ ${values} MUTANT_PICK(${ids[0]}, (l_ ${site.op} r_), (l_ ${alternatives[0]} r_)); })`
}

// Writes the copies into folder; returns the mutants: { id, file, name, text, op, to, group, place }.
export function generate(folder) {
    const mutants = []
    mkdirSync(folder, { recursive: true })
    for (const file of readdirSync('cgi-bin/ledger').filter(name => name.endsWith('.c')).sort()) {
        const path = `cgi-bin/ledger/${file}`
        const source = readFileSync(path, 'latin1') // offsets are bytes
        const tree = JSON.parse(execFileSync('clang', ['-std=c17', '-D_GNU_SOURCE', '-Icgi-bin', '-fsyntax-only', '-w', '-Xclang',
            '-ast-dump=json', path], { encoding: 'utf8', maxBuffer: 1 << 30, env: { ...process.env, CCACHE_DISABLE: '1' } }))
        const promises = promisesOf(source)
        const all = []
        for (const part of tree.inner) {
            const body = part.inner?.find(inner => inner.kind === 'CompoundStmt')
            if (part.kind !== 'FunctionDecl' || !body || part.loc.includedFrom || part.isImplicit) continue
            // Of a header: its name stands elsewhere.
            if (source.slice(part.loc.offset, part.loc.offset + part.name.length) !== part.name) continue
            const sites = []
            sitesOf(body, source, sites, promises)
            sites.forEach(site => { site.name = part.name })
            all.push(...sites)
        }
        all.sort((one, other) => one.begin - other.begin || other.end - one.end)
        const seen = new Map()
        for (const site of all) {
            const text = Buffer.from(source.slice(site.begin, site.end), 'latin1').toString().replace(/\s+/g, ' ')
            site.mutants = others[site.op].map(to => {
                const id = mutants.length + 1
                const bare = `\`ledger/${file}\` ${site.name}: \`${text}\`, \`${site.op}\` → \`${to}\``
                const count = (seen.get(bare) ?? 0) + 1
                seen.set(bare, count)
                const mutant = { id, file, name: site.name, op: site.op, to, group: site.group, place: count > 1 ? `${bare} (${count})` : bare }
                mutants.push(mutant)
                return mutant
            })
        }
        const made = `#include "mutate/mutant.h"\n#line 1 "${path}"\n${emit(source, all, 0, source.length)}`
        // Only what has changed is compiled again.
        if (!existsSync(`${folder}/${file}`) || readFileSync(`${folder}/${file}`, 'latin1') !== made) writeFileSync(`${folder}/${file}`, made, 'latin1')
    }
    return mutants
}
