// coverage.mjs: what the counters of build/coverage say about cgi-bin/ledger/ and cgi-bin/gate/, as a table (build/coverage/result.md),
// and three checks: each room has at least 95 % of its branches taken; every branch that is left is named with its reason in
// tests/coverage-left.md; nothing is named there that is taken. Run by coverage.sh.
//
//     node tests/coverage.mjs BUILD-FOLDER       (--list: print what is left and not named, in the form of coverage-left.md)
//
// Everything counts, header lines too, but for one thing: the branches of must(…), a promise of the program to itself. Its other side
// ends the process by abort(), which writes no counters down; tests/unit/*_test.c look at some of these with dies(). They are counted apart.
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'

const rooms = ['ledger', 'gate']
const least = 95
const leftFile = 'tests/coverage-left.md'
const build = process.argv[2]
const onlyList = process.argv.includes('--list')

// ---- reading the counters ----

// Lines of a source that belong to a must(…), also when it goes over several.
function promiseLines(source) {
    const lines = new Set()
    for (const match of source.matchAll(/\bmust\(/g)) {
        let depth = 0
        let end = match.index
        do {
            depth += source[end] === '(' ? 1 : source[end] === ')' ? -1 : 0
            end++
        } while (end < source.length && !(depth === 0 && source[end - 1] === ')'))
        const first = source.slice(0, match.index).split('\n').length
        const count = source.slice(match.index, end).split('\n').length
        for (let i = 0; i < count; i++) lines.add(first + i)
    }
    return lines
}

// file -> { lines: Map(number -> { count, branches: [count…], name }) }
const files = new Map()
function readRoom(room) {
    const folder = `${build}/cgi-bin/${room}`
    for (const object of readdirSync(folder).filter(name => name.endsWith('.gcno'))) {
        const text = execFileSync('gcov', ['-t', '--json-format', '-b', `${folder}/${object}`],
            { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] })
        for (const found of JSON.parse(text).files.filter(file => file.file.startsWith(`cgi-bin/${room}/`))) {
            if (!files.has(found.file)) {
                const source = readFileSync(found.file, 'utf8')
                files.set(found.file, { room, source: source.split('\n'), promises: promiseLines(source), lines: new Map() })
            }
            const lines = files.get(found.file).lines
            for (const line of found.lines) {
                const known = lines.get(line.line_number) ?? { count: 0, branches: line.branches.map(() => 0), name: line.function_name ?? '' }
                known.count += line.count
                line.branches.forEach((branch, i) => { known.branches[i] += branch.count })
                lines.set(line.line_number, known)
            }
        }
    }
}
rooms.forEach(readRoom)

// ---- adding up ----

const nothing = () => ({ lines: 0, linesTaken: 0, branches: 0, branchesTaken: 0, promises: 0, promisesTaken: 0 })
const add = (sum, one) => { for (const key of Object.keys(sum)) sum[key] += one[key] }
const taken = list => list.filter(count => count > 0).length
const left = new Map() // "file: function: text" -> how many branches
const sums = new Map()
for (const [path, file] of [...files].sort()) {
    const sum = nothing()
    for (const [number, line] of file.lines) {
        sum.lines++
        sum.linesTaken += line.count > 0 ? 1 : 0
        if (file.promises.has(number)) {
            sum.promises += line.branches.length
            sum.promisesTaken += taken(line.branches)
            continue
        }
        sum.branches += line.branches.length
        sum.branchesTaken += taken(line.branches)
        const missing = line.branches.length - taken(line.branches)
        if (missing > 0) {
            const key = `\`${path.replace('cgi-bin/', '')}\` ${line.name}: \`${file.source[number - 1].trim()}\``
            left.set(key, (left.get(key) ?? 0) + missing)
        }
    }
    sums.set(path, sum)
}

// ---- what is left, and why ----

// A reason is a heading with a paragraph; below it stand the places.
const reasons = new Map() // place -> heading
let heading = ''
for (const line of readFileSync(leftFile, 'utf8').split('\n')) {
    if (line.startsWith('## ')) heading = line.slice(3)
    else if (line.startsWith('- `')) reasons.set(line.slice(2), heading)
}
const unnamed = [...left.keys()].filter(place => !reasons.has(place))
const untrue = [...reasons].filter(([place, why]) => !left.has(place) && !why.endsWith('(not in every run)')).map(([place]) => place)
if (onlyList) {
    unnamed.forEach(place => console.log(`- ${place}`))
    process.exit(0)
}

// ---- the table ----

const percent = (part, all) => (all === 0 ? '–' : `${(Math.floor(part / all * 1000) / 10).toFixed(1)} %`)
const row = (name, sum) => `| ${name} | ${sum.linesTaken} of ${sum.lines} | ${percent(sum.linesTaken, sum.lines)} | ` +
    `${sum.branchesTaken} of ${sum.branches} | ${percent(sum.branchesTaken, sum.branches)} | ${sum.promisesTaken} of ${sum.promises} |`
const out = ['# Coverage', '', 'Made by `make coverage`.', '',
    '| file | lines taken | | branches taken | | apart: branches of `must()` |', '|---|--:|--:|--:|--:|--:|']
let failed = 0
const say = (good, text) => { failed += good ? 0 : 1; console.log(`${good ? 'ok   ' : 'FAIL '} ${text}`) }
for (const room of rooms) {
    const all = nothing()
    for (const [path, sum] of sums) {
        if (files.get(path).room !== room) continue
        add(all, sum)
        out.push(row(path, sum))
    }
    out.push(row(`**${room}/**`, all))
    console.log(`result: ${room}/: ${all.linesTaken} of ${all.lines} lines (${percent(all.linesTaken, all.lines)}), ` +
        `${all.branchesTaken} of ${all.branches} branches (${percent(all.branchesTaken, all.branches)})`)
    say(all.branchesTaken * 100 >= least * all.branches, `${room}/: at least ${least} % of the branches`)
}
out.push('', '## Left', '')
const headings = [...new Set(reasons.values()), 'not named in tests/coverage-left.md']
for (const why of headings) {
    const places = [...left].filter(([place]) => (reasons.get(place) ?? headings.at(-1)) === why)
    if (places.length === 0) continue
    out.push(`### ${why}`, '', ...places.map(([place, count]) => `- ${place} (${count})`), '')
}
writeFileSync(`${build}/result.md`, out.join('\n'))
const show = (places, why) => places.forEach(place => console.log(`      ${why}: ${place}`))
say(unnamed.length === 0, `every place that is left is named in ${leftFile} (${left.size} places)`)
show(unnamed, 'not named')
say(untrue.length === 0, `nothing is named there that is taken`)
show(untrue, 'is taken or gone')
console.log(`${4 - failed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)
