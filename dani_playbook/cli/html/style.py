"""The looks of a page: one column, quiet, light or dark as the reader's machine is, good on paper."""

STYLE = """
:root{color-scheme:light dark;--ink:#1c2128;--soft:#59636e;--line:#d1d9e0;--paper:#fff;--tint:#f6f8fa;
--good:#1a7f37;--good-tint:#dafbe1;--bad:#b3261e;--bad-tint:#ffebe9;--warn:#8a5a00;--warn-tint:#fff8c5;--blue:#0550ae}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9198a1;--line:#3d444d;--paper:#0d1117;--tint:#151b23;
--good:#3fb950;--good-tint:#12261e;--bad:#ff7b72;--bad-tint:#2d1517;--warn:#d29922;--warn-tint:#272115;--blue:#79c0ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",
"Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
main{max-width:62rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 1rem;font-weight:650}
h2{font-size:1.15rem;margin:2rem 0 .5rem}
p{margin:.75rem 0}
ul{padding-left:1.25rem;margin:.5rem 0}
li{margin:.35rem 0}
code,pre,.change td,.change th{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
font-size:.875em}
code{background:var(--tint);border-radius:4px;padding:.1em .35em}
h1 code{font-size:.9em}
pre{background:var(--tint);border:1px solid var(--line);border-radius:6px;padding:.75rem 1rem;overflow-x:auto;
white-space:pre;line-height:1.45}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(12rem,1fr));gap:.75rem 1.5rem;margin:1rem 0 1.5rem;
padding:1rem;background:var(--tint);border:1px solid var(--line);border-radius:8px}
dt{color:var(--soft);font-size:.8rem}
dd{margin:0}
dl div:first-child{grid-column:1/-1}
dl div:first-child dd{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0}
thead th{color:var(--soft);font-weight:600;font-size:.85rem;border-bottom:1px solid var(--line)}
tbody tr+tr>*{border-top:1px solid var(--line)}
details{border:1px solid var(--line);border-left:4px solid var(--soft);border-radius:6px;margin:.75rem 0;
break-inside:avoid}
summary{cursor:pointer;padding:.55rem .9rem;background:var(--tint);border-radius:0 6px 6px 0}
summary code{background:none;padding:0;font-weight:600}
details table{margin:.25rem .9rem .5rem;width:calc(100% - 1.8rem)}
.change th{font-weight:400;color:var(--soft);width:13rem}
.change .inner th{padding-left:1.25rem}
.change tbody tr+tr>*{border-top-style:dotted}
.create{border-left-color:var(--good)}
.update,.adopt,.move{border-left-color:var(--blue)}
.remove{border-left-color:var(--bad)}
.sign{display:inline-block;min-width:1.4rem;text-align:center;font-weight:700;font-family:ui-monospace,monospace;
color:var(--soft)}
.create .sign{color:var(--good)}
.update .sign,.adopt .sign,.move .sign{color:var(--blue)}
.remove .sign{color:var(--bad)}
.badge{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .6rem;font-size:.8rem;
background:var(--paper);color:var(--soft)}
.loud{color:var(--bad);border-color:var(--bad);background:var(--bad-tint);font-weight:600}
.before,.after{border-radius:4px;padding:.1em .4em;margin-right:.4rem}
.before{background:var(--bad-tint);color:var(--bad);text-decoration:line-through}
.after{background:var(--good-tint);color:var(--good)}
.before+.after::before{content:"→ ";color:var(--soft)}
.note{color:var(--soft)}
.source{margin:.25rem .9rem .6rem;color:var(--soft)}
.source code{background:none;padding:0}
@media (max-width:40rem){.change th,.change td{display:block;width:auto;padding-right:0}.change tbody tr>td{border-top:0}}
@media print{main{max-width:none;padding:0}details,pre,dl,summary{background:none}}
"""
