// Everything works without this script: it only shortens the way.
(function () {
  'use strict'

  // A form is sent once. Coming back by the browser's history frees it again.
  document.addEventListener('submit', function (e) {
    var form = e.target
    if (form.method !== 'post') return
    if (form.dataset.ccSent) { e.preventDefault(); return }
    form.dataset.ccSent = '1'
    setTimeout(function () {
      form.querySelectorAll('button[type=submit]').forEach(function (b) { b.setAttribute('aria-disabled', 'true') })
    })
  })
  window.addEventListener('pageshow', function () {
    document.querySelectorAll('form[data-cc-sent]').forEach(function (form) {
      delete form.dataset.ccSent
      form.querySelectorAll('[aria-disabled]').forEach(function (b) { b.removeAttribute('aria-disabled') })
    })
  })

  document.addEventListener('click', function (e) {
    var menu = e.target.closest('[data-cc-menu]')
    if (menu) {
      e.preventDefault()
      var open = document.querySelector(menu.getAttribute('href')).classList.toggle('expanded')
      menu.setAttribute('aria-expanded', String(open))
    }
    var copy = e.target.closest('[data-cc-copy]')
    if (copy && navigator.clipboard) {
      navigator.clipboard.writeText(copy.dataset.ccCopy).then(function () {
        copy.textContent = copy.dataset.ccDone
      })
    }
  })

  // One box ticks all the others of its table.
  document.addEventListener('change', function (e) {
    if (!e.target.matches('[data-cc-all]')) return
    e.target.closest('table').querySelectorAll('tbody input[type=checkbox]').forEach(function (box) { box.checked = e.target.checked })
  })

  // The script's own controls are hidden until it runs.
  document.querySelectorAll('[data-cc-copy],[data-cc-all-label]').forEach(function (el) { el.hidden = false })
  document.querySelectorAll('[data-cc-menu]').forEach(function (el) {
    el.setAttribute('role', 'button')
    el.setAttribute('aria-expanded', 'false')
  })

  // A running job: ask for its part of the page every two seconds, and load
  // the page anew once it has ended.
  function poll() {
    var box = document.querySelector('[data-cc-poll]')
    if (!box) return
    fetch(box.dataset.ccPoll, { headers: { 'X-Fragment': '1' }, credentials: 'same-origin' }).then(function (r) {
      if (!r.ok) throw new Error(r.status)
      return r.text()
    }).then(function (html) {
      var next = new DOMParser().parseFromString(html, 'text/html').querySelector('[data-cc-progress]')
      if (!next || !next.dataset.ccPoll) { location.reload(); return }
      box.replaceWith(next)
      setTimeout(poll, 2000)
    }).catch(function () { setTimeout(poll, 8000) })
  }
  if (document.querySelector('[data-cc-poll]')) setTimeout(poll, 2000)

  // The workbench by keyboard: j and k move, Enter confirms, u undoes, / seeks.
  var bench = document.querySelector('[data-cc-keys]')
  if (!bench) return
  var rows = bench.querySelectorAll('[data-cc-row]')
  var at = -1
  function move(to) {
    if (!rows.length) return
    if (rows[at]) rows[at].classList.remove('cc-current')
    at = Math.max(0, Math.min(rows.length - 1, to))
    rows[at].classList.add('cc-current')
    rows[at].tabIndex = -1
    rows[at].focus()
  }
  function press(name) {
    var button = rows[at] && rows[at].querySelector('[data-cc-act="' + name + '"]')
    if (button) button.click()
  }
  document.addEventListener('keydown', function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches('input,select,textarea')) return
    var search = document.querySelector('input[type=search]')
    if (e.key === 'j') move(at + 1)
    else if (e.key === 'k') move(at - 1)
    else if (e.key === 'u') press('undo')
    else if (e.key === 'Enter' && e.target.matches('[data-cc-row]')) press('confirm')
    else if (e.key === '/' && search) search.focus()
    else return
    e.preventDefault()
  })
})()
