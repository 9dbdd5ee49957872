-- What pandoc leaves to be done, format by format: numbers of figures and tables, references to them, tunes that play.
-- A reference is a link without text, [](#fig-name). LaTeX and typst number by themselves, and in the same order.

local WORDS = { fig = "Figure", tbl = "Table" }
local numbers = {}
local counts = { fig = 0, tbl = 0 }
local numbers_itself = FORMAT == "latex" or FORMAT == "typst"

local function kind_of(name)
  return WORDS[name:sub(1, 3)] and name:sub(4, 4) == "-" and name:sub(1, 3)
end

local function number(name)
  local kind = kind_of(name)
  if not kind or numbers[name] then return end
  counts[kind] = counts[kind] + 1
  numbers[name] = WORDS[kind] .. " " .. counts[kind]
end

local function numbered(caption, name)
  if numbers_itself or not numbers[name] or #caption.long == 0 then return caption end
  table.insert(caption.long[1].content, 1, pandoc.Space())
  table.insert(caption.long[1].content, 1, pandoc.Strong(pandoc.Str(numbers[name] .. ".")))
  return caption
end

local count = {
  traverse = "topdown",
  Figure = function(figure)
    number(figure.identifier)
    figure.caption = numbered(figure.caption, figure.identifier)
    return figure
  end,
  -- A table takes the name of the division around it.
  Div = function(division)
    if not division.classes:includes("table") then return nil end
    number(division.identifier)
    for _, block in ipairs(division.content) do
      if block.t == "Table" then
        block.caption = numbered(block.caption, division.identifier)
        if numbers_itself then block.identifier = division.identifier end
      end
    end
    if numbers_itself then return division.content end
    return division
  end,
}

local still = false -- tunes do not play

local function about(meta)
  still = meta.still ~= nil
end

-- A tune: its score and its text. On a page it is something that plays; the caller puts it where the comment stands.
local function piece(division)
  if not division.classes:includes("piece") or still or not division.attributes.tune then return nil end
  local kept = pandoc.List()
  for _, block in ipairs(division.content) do
    if block.t == "Figure" then
      block.content = { pandoc.RawBlock("html", "<!--tune " .. division.attributes.tune .. "-->") }
      kept:insert(block)
    elseif block.t ~= "CodeBlock" then
      kept:insert(block)
    end
  end
  return kept
end

local function reference(link)
  local name = link.target:sub(1, 1) == "#" and link.target:sub(2)
  if not name or #link.content > 0 or not numbers[name] then return nil end
  if FORMAT == "latex" then
    return pandoc.RawInline("latex", WORDS[kind_of(name)] .. "~\\ref{" .. name .. "}")
  elseif FORMAT == "typst" then
    return pandoc.RawInline("typst", "#ref(<" .. name .. ">)")
  end
  return pandoc.Link(pandoc.Str(numbers[name]), link.target)
end

-- Nothing is fetched from anywhere: a picture of another place becomes a link to it.
local function picture(image)
  if image.src:match("^%a[%w+.-]*:") then return pandoc.Link(image.caption, image.src) end
end

-- BibTeX makes its own heading and list.
local function bibliography(blocks)
  if FORMAT ~= "latex" then return nil end
  return blocks:filter(function(block) return block.identifier ~= "references" end):map(function(block)
    if block.identifier == "refs" then return pandoc.RawBlock("latex", "\\bibliography{references}") end
    return block
  end)
end

return {
  { Meta = about },
  count,
  { Link = reference, Image = picture, Div = FORMAT:match("html") and piece or nil, Blocks = bibliography },
}
