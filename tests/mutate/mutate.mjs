// mutate.mjs: do the tests notice when an operator of the ledger is wrong? (`make mutate`)
//
//     node tests/mutate/mutate.mjs [--sample 0.2 --seed 7] [--resume] [--seconds 500] [--workers 2] [--groups compare,arithmetic] [--only TEXT]
//     --resume: what an earlier run killed stays killed; what has survived is run again by the programs that have changed since
//     --seconds: no mutant is begun after that time; with --resume a whole run can be done in parts
//     --alarm: what has survived is run once more, in a build with sanitizers (as `make test` has them): build/alarm
//     --report: nothing is run; the table of what is known so far
//
// 1. Copies of cgi-bin/ledger/*.c in which each operator can be changed at run time (generate.mjs), compiled once: build/mutate.
// 2. Every test program runs once unchanged, noting for which mutants the changed operator would have had another value; where each of
//    its tests passes alone, too, the same is noted of each.
// 3. Each mutant is run by the programs that it makes a difference to, and of each only by those tests, first those that by what is
//    known so far kill most in the least time, until one says that it fails: killed. A test that takes far longer than unchanged has noticed too, if unchanged it is quick
//    at that moment, too. Mutants that no test reaches have survived without being run.
// What has survived and why stands in tests/mutants-left.md; a whole run checks that it names exactly these. Table: build/mutate/result.md.
import { execFileSync, spawn } from 'node:child_process'
import { appendFileSync, chmodSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, renameSync, rmSync,
    writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { getPriority } from 'node:os'
import { generate } from './generate.mjs'

const option = (name, otherwise) => {
    const at = process.argv.indexOf(`--${name}`)
    return at < 0 ? otherwise : process.argv[at + 1] ?? otherwise
}
const build = 'build/mutate'
const leftFile = 'tests/mutants-left.md'
const mutantsMax = 8192
const least = 95
const sample = Number(option('sample', '1'))
const seed = option('seed', '1')
const groups = option('groups', 'compare,arithmetic,logic').split(',')
const only = option('only', '')
const seconds = Number(option('seconds', 'Infinity'))
const beganAll = Date.now()
let isWhole = sample >= 1 && !process.argv.includes('--report') && only === '' && !process.argv.includes('--groups')

// ---- building ----

mkdirSync(build, { recursive: true })
const mutants = generate(`${build}/made`)
// Of the campaigns the short ones, made shorter.
const sizes = { simulator: ['--acts', '4000'], kill_test: ['--kills', '4'], reader_test: ['--seconds', '1'], spend_test: ['--rounds', '30'] }
// These do not touch the ledger and are slow.
const unused = new Set(['mustache_test', 'password_test', 'clock_test', 'text_test'])
const programs = ['unit', 'ledger', 'crash'].flatMap(folder => readdirSync(`tests/${folder}`)
    .filter(name => name.endsWith('.c') && (folder !== 'unit' || name.endsWith('_test.c')))
    .map(name => ({ name: name.slice(0, -2), path: `${build}/tests/${folder}/${name.slice(0, -2)}`, build, folder })))
    .filter(program => (program.folder === 'crash' ? sizes[program.name] : !unused.has(program.name)))
const isReport = process.argv.includes('--report')
const withAlarm = process.argv.includes('--alarm') && !isReport
const compile = (mode, paths) => execFileSync('make', ['--no-print-directory', '-s', `-j${option('workers', '2')}`, `MODE=${mode}`, 'build', ...paths],
    { stdio: 'inherit' })
if (!isReport) compile('mutate', programs.map(program => program.path))

// ---- running one test program ----

const folders = []
const running = new Set() // process groups: what is under way ends with this process
process.on('exit', () => running.forEach(pid => { try { process.kill(-pid, 'SIGKILL') } catch { /* has ended */ } }))
process.on('exit', () => folders.forEach(folder => rmSync(folder, { recursive: true, force: true })))
process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))
function makeFolder() {
    const folder = mkdtempSync(existsSync('/dev/shm') ? '/dev/shm/m-' : '/tmp/m-') // in memory it is quicker
    chmodSync(folder, 0o755) // tests go there as other users, too
    folders.push(folder)
    return folder
}
// Others go first, but not twice: below those who give way already the tests would hardly be run.
const niceness = String(Math.max(0, 10 - getPriority()))
const empty = folder => readdirSync(folder).forEach(name => rmSync(`${folder}/${name}`, { recursive: true, force: true }))

const failedMark = '[  FAILED  ]' // cmocka goes on with the other tests: there is no need to wait for them
// How many tests a program says have passed: one that ends early, and well, has not passed them.
const passedOf = log => [...log.matchAll(/^\[ {2}PASSED {2}\] (\d+) test|^(\d+) passed, 0 failed$/gm)]
    .reduce((sum, found) => sum + Number(found[1] ?? found[2]), 0)
function run(program, mutant, folder, timeoutMs, more = {}, tests = null) {
    const wanted = tests === null ? program.passed : tests.reduce((sum, test) => sum + test.passed, 0)
    const environment = {
        ...process.env, TEST_BUILD: program.build, TEST_RELEASE: program.build, TALLYSTICK_SCHEMA: `${process.cwd()}/schema`, TMPDIR: folder,
        MUTANT_FOLDER: folder, MUTANT: String(mutant), ...more, ...(tests === null ? {} : { MUTANT_TESTS: tests.map(test => test.name).join(',') }),
        ASAN_OPTIONS: 'detect_leaks=1:detect_stack_use_after_return=1:abort_on_error=1', UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
    }
    const logPath = `${build}/log${mutant === 0 ? '' : `-${folder.slice(-6)}`}`
    const log = openSync(logPath, 'w')
    return new Promise(resolve => {
        const began = Date.now()
        const child = spawn('nice', ['-n', niceness, program.path, '--seed', '1', ...sizes[program.name.replace(' (alarm)', '')] ?? []],
            { env: environment, stdio: ['ignore', log, log], detached: true })
        running.add(child.pid)
        let isLate = false
        let hasFailed = false
        const stop = () => { try { process.kill(-child.pid, 'SIGKILL') } catch { /* has ended */ } }
        const timer = setTimeout(() => { isLate = true; stop() }, timeoutMs)
        const look = mutant === 0 ? null : setInterval(() => {
            if (!hasFailed && readFileSync(logPath, 'latin1').includes(failedMark)) {
                hasFailed = true
                stop()
            }
        }, 60)
        child.on('exit', (code, signal) => {
            clearTimeout(timer)
            clearInterval(look)
            closeSync(log)
            stop() // whatever it left running
            running.delete(child.pid)
            try { empty(folder) } catch { /* something of it is still ending; the next turn empties it */ }
            const passed = passedOf(readFileSync(logPath, 'latin1'))
            const good = code === 0 && (mutant === 0 ? passed > 0 : passed >= wanted)
            resolve({ good, passed, isLate: isLate && !hasFailed, signal, tookMs: Date.now() - began })
        })
    })
}

// ---- unchanged: how long each takes, and what it reaches ----

// A program is the same as in an earlier run when it and the programs that it starts are the same to the byte.
const digestOf = paths => {
    const digest = createHash('sha256')
    paths.forEach(path => digest.update(readFileSync(path)))
    return digest.digest('hex').slice(0, 16)
}
const measuredFile = `${build}/measured.json`
// The same of each of its tests: [{ name, tookMs, passed, reached: ids }]; null where it is not worth it, or one needs another before it.
async function measureEach(program, folder, reach) {
    const names = [...new Set([...readFileSync(`${build}/log`, 'latin1').matchAll(/^\[ RUN {6}\] (.+)$/gm)].map(found => found[1]))]
    if (names.length < 2 || program.tookMs < 150 || !program.reached.some(Boolean)) return null
    const tests = []
    for (const name of names) {
        const test = { name, passed: 1 }
        writeFileSync(reach, Buffer.alloc(mutantsMax))
        const result = await run(program, 0, folder, 240000, { MUTANT_REACH: reach }, [test])
        if (!result.good || readFileSync(`${build}/log`, 'latin1').includes(failedMark)) return null
        tests.push({ name, tookMs: result.tookMs, passed: result.passed, reached: [...readFileSync(reach)].flatMap((is, id) => (is ? [id] : [])) })
    }
    return tests
}
async function measure(list) {
    const folder = makeFolder()
    const reach = `${process.cwd()}/${build}/reach`
    const known = existsSync(measuredFile) && process.argv.includes('--resume') ? JSON.parse(readFileSync(measuredFile, 'utf8')) : {}
    for (const program of list) {
        program.digest = digestOf([program.path, `${program.build}/ledger`, `${program.build}/tally`])
        const before = known[program.name]
        if (before?.digest === program.digest && before.passed > 0 && before.tests !== undefined) {
            program.tookMs = before.tookMs
            program.passed = before.passed
            program.reached = Buffer.from(before.reached, 'base64')
            program.tests = before.tests
            continue
        }
        writeFileSync(reach, Buffer.alloc(mutantsMax))
        const result = await run(program, 0, folder, 240000, { MUTANT_REACH: reach })
        if (!result.good || readFileSync(`${build}/log`, 'latin1').includes(failedMark)) {
            console.log(`FAIL  ${program.name} fails without any mutant; the end of its output:`)
            console.log(readFileSync(`${build}/log`, 'utf8').split('\n').slice(-8).join('\n'))
            process.exit(1)
        }
        program.tookMs = result.tookMs
        program.passed = result.passed
        program.reached = readFileSync(reach)
        program.tests = await measureEach(program, folder, reach)
        known[program.name] = { digest: program.digest, tookMs: program.tookMs, passed: program.passed, reached: program.reached.toString('base64'),
            tests: program.tests }
        writeFileSync(`${measuredFile}.new`, JSON.stringify(known))
        renameSync(`${measuredFile}.new`, measuredFile)
    }
    list.sort((one, other) => one.tookMs - other.tookMs)
    const used = list.filter(program => mutants.some(mutant => program.reached[mutant.id]))
    console.log(`${used.length} test programs${list[0].build === build ? '' : ' with sanitizers'} reach mutants; unchanged they take ${(used.reduce((sum, p) => sum + p.tookMs, 0) / 1000).toFixed(1)} s`)
    return used
}

// ---- each mutant ----

// Chance from the seed, the same for the same mutant in every run.
const drawn = mutant => parseInt(createHash('sha256').update(`${seed} ${mutant.place}`).digest('hex').slice(0, 8), 16) / 0x100000000
let chosen = mutants.filter(mutant => groups.includes(mutant.group) && drawn(mutant) < sample && mutant.place.includes(only))
const resultsFile = `${build}/results.jsonl`
// place -> { by: the program that killed it or null, survived: { program: its digest } }
const results = new Map()
if ((isReport || process.argv.includes('--resume')) && existsSync(resultsFile)) {
    for (const line of readFileSync(resultsFile, 'utf8').split('\n').filter(Boolean)) {
        const result = JSON.parse(line)
        results.set(result.place, result)
    }
} else {
    writeFileSync(resultsFile, '')
}

// How often a program killed when it was run, of the mutants of the same function, file, and of all.
const experience = new Map()
const keysOf = (mutant, program) => [`${program} ${mutant.file} ${mutant.name}`, `${program} ${mutant.file}`, program]
function learn(mutant, program, killedIt) {
    for (const key of keysOf(mutant, program)) {
        const known = experience.get(key) ?? { runs: 0, kills: 0 }
        known.runs++
        known.kills += killedIt ? 1 : 0
        experience.set(key, known)
    }
}
function chance(mutant, program) {
    let guess = 0.3
    for (const key of keysOf(mutant, program).reverse()) {
        const known = experience.get(key) ?? { runs: 0, kills: 0 }
        guess = (known.kills + 2 * guess) / (known.runs + 2)
    }
    return guess
}
const byPlace = new Map(mutants.map(mutant => [mutant.place, mutant]))
for (const result of results.values()) {
    const mutant = byPlace.get(result.place)
    if (!mutant) continue
    Object.keys(result.survived ?? {}).forEach(program => learn(mutant, program, false))
    if (result.by !== null) learn(mutant, result.by.replace(' (too long)', ''), true)
}

const limitMs = tookMs => tookMs * 4 + 2000
// Is it the mutant that is slow, or the machine at this moment?
async function isReallyLate(program, folder, tests, tookMs) {
    const unchanged = await run(program, 0, folder, limitMs(tookMs) * 3, {}, tests)
    return unchanged.good && unchanged.tookMs < limitMs(tookMs) / 2
}

// Which of its tests it makes a difference to; null: all are run (it does so only when they run one after the other).
function testsOf(program, mutant) {
    const tests = (program.tests ?? []).filter(test => test.reached.includes(mutant.id))
    return tests.length === 0 || tests.length === program.tests.length ? null : tests
}
const tookMsOf = (program, tests) => (tests === null ? program.tookMs : tests.reduce((sum, test) => sum + test.tookMs, 0))

async function judge(mutant, used, folder) {
    const reached = used.filter(program => program.reached[mutant.id])
    const survived = {}
    const before = results.get(mutant.place)?.survived ?? {}
    // With sanitizers last: they are for what has survived the others.
    const promise = program => chance(mutant, program.name) / (tookMsOf(program, testsOf(program, mutant)) + 20) - (program.build === build ? 0 : 1)
    const promises = new Map(reached.map(program => [program, promise(program)]))
    const waiting = []
    for (const program of reached) {
        if (before[program.name] === program.digest) survived[program.name] = program.digest
        else waiting.push(program)
    }
    waiting.sort((one, other) => promises.get(other) - promises.get(one))
    let by = null
    for (const program of waiting) {
        const tests = testsOf(program, mutant)
        const tookMs = tookMsOf(program, tests)
        let result = await run(program, mutant.id, folder, limitMs(tookMs), {}, tests)
        if (result.isLate && !await isReallyLate(program, folder, tests, tookMs)) {
            result = await run(program, mutant.id, folder, limitMs(tookMs) * 4, {}, tests)
        }
        learn(mutant, program.name, !result.good)
        if (!result.good) {
            by = result.isLate ? `${program.name} (too long)` : program.name
            break
        }
        survived[program.name] = program.digest
    }
    const result = { place: mutant.place, by, tests: reached.length, survived }
    results.set(mutant.place, result)
    appendFileSync(resultsFile, `${JSON.stringify(result)}\n`)
}

const used = isReport ? [] : await measure(programs)
if (withAlarm) {
    const alarmed = used.map(program => ({ ...program, name: `${program.name} (alarm)`, build: 'build/alarm', path: program.path.replace(build, 'build/alarm') }))
    compile('alarm', alarmed.map(program => program.path))
    used.push(...await measure(alarmed))
}
const began = Date.now()
// Has it survived all that reaches it, as it is now?
const isSettled = mutant => {
    const known = results.get(mutant.place)
    return known !== undefined && (known.by !== null || used.every(program => !program.reached[mutant.id] ||
        known.survived?.[program.name] === program.digest))
}
// In the order of chance, so that what is known after a part of the run is a sample of all; logic comes last, what has survived before
// the last of all.
const later = mutant => (results.has(mutant.place) ? 2 : 0) + (mutant.group === 'logic' ? 1 : 0)
const waiting = isReport ? [] : chosen.filter(mutant => !isSettled(mutant)).sort((one, other) => later(one) - later(other) || drawn(one) - drawn(other))
const total = waiting.length
console.log(`${mutants.length} mutants, ${chosen.length} of them asked for, ${total} to run`)
let said = Date.now()
async function work() {
    const folder = makeFolder()
    while (waiting.length > 0 && Date.now() - beganAll < seconds * 1000) {
        await judge(waiting.shift(), used, folder)
        if (Date.now() - said > 60000) {
            said = Date.now()
            const alive = chosen.filter(mutant => results.get(mutant.place)?.by === null).length
            console.log(`${total - waiting.length} of ${total} after ${Math.round((said - began) / 1000)} s, ${alive} alive`)
        }
    }
}
await Promise.all(Array.from({ length: Number(option('workers', '2')) }, work))
if (waiting.length > 0) {
    console.log(`the time is up: ${waiting.length} are left for another part (--resume)`)
    isWhole = false
}

// ---- the table ----

const unknown = chosen.filter(mutant => !results.has(mutant.place)).length
if (unknown > 0) console.log(`${unknown} of ${chosen.length} have not been run yet`)
chosen = chosen.filter(mutant => results.has(mutant.place))

const reasons = new Map()
let heading = ''
for (const line of existsSync(leftFile) ? readFileSync(leftFile, 'utf8').split('\n') : []) {
    if (line.startsWith('## ')) heading = line.slice(3)
    else if (line.startsWith('- `')) reasons.set(line.slice(2), heading)
}
const out = ['# Mutants', '', `Made by \`make mutate\`${isWhole ? '' : ` (a part: sample ${sample}, seed ${seed}, ${groups.join(', ')} ${only})`}.`, '',
    '| file | comparison | arithmetic | logic | all | killed |', '|---|--:|--:|--:|--:|--:|']
const killed = list => list.filter(mutant => results.get(mutant.place).by !== null).length
const share = list => (list.length === 0 ? '–' : `${killed(list)} of ${list.length}`)
const percent = list => (list.length === 0 ? '–' : `${(Math.floor(killed(list) / list.length * 1000) / 10).toFixed(1)} %`)
const of = (list, group) => list.filter(mutant => mutant.group === group)
for (const file of [...new Set(chosen.map(mutant => mutant.file)), '**all**']) {
    const list = chosen.filter(mutant => file === '**all**' || mutant.file === file)
    out.push(`| ${file} | ${share(of(list, 'compare'))} | ${share(of(list, 'arithmetic'))} | ${share(of(list, 'logic'))} | ${share(list)} | ${percent(list)} |`)
}
const alive = chosen.filter(mutant => results.get(mutant.place).by === null)
out.push('', '## Alive', '')
for (const mutant of alive) {
    const count = results.get(mutant.place).tests
    out.push(`- ${mutant.place} (${count === 0 ? 'no test reaches it' : `${count} programs`}; ${reasons.get(mutant.place) ?? 'not explained'})`)
}
writeFileSync(`${build}/result.md`, `${out.join('\n')}\n`)

let failed = 0
const say = (good, text) => { failed += good ? 0 : 1; console.log(`${good ? 'ok   ' : 'FAIL '} ${text}`) }
const asked = [...of(chosen, 'compare'), ...of(chosen, 'arithmetic')]
console.log(`result: ${asked.length} mutants of comparison and arithmetic, ${killed(asked)} killed (${percent(asked)}); ` +
    `${of(chosen, 'logic').length} of logic, ${killed(of(chosen, 'logic'))} killed (${percent(of(chosen, 'logic'))}); ` +
    `${Math.round((Date.now() - began) / 1000)} s`)
const late = chosen.filter(mutant => results.get(mutant.place).by?.endsWith('(too long)')).length
console.log(`${late} of the killed were noticed by a test that took far longer than unchanged`)
say(killed(asked) * 100 >= least * asked.length, `at least ${least} % of the mutants of comparison and arithmetic are killed`)
const unnamed = alive.filter(mutant => !reasons.has(mutant.place))
say(unnamed.length === 0, `every mutant that is alive is explained in ${leftFile} (${alive.length} alive)`)
unnamed.slice(0, 400).forEach(mutant => console.log(`- ${mutant.place}`))
if (isWhole) {
    const untrue = [...reasons.keys()].filter(place => !alive.some(mutant => mutant.place === place))
    say(untrue.length === 0, 'nothing is explained there that is killed or gone')
    untrue.forEach(place => console.log(`- ${place}`))
}
console.log(`${(isWhole ? 3 : 2) - failed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)
