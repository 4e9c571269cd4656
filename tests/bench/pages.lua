-- pages.lua: asks for the pages that are named after "--", by turns (wrk -s pages.lua URL -- PATH PATH ...).
local requests, at = {}, 0
function init(paths)
    for i, path in ipairs(paths) do
        requests[i] = wrk.format("GET", path)
    end
end
function request()
    at = at % #requests + 1
    return requests[at]
end
