#!/usr/bin/env php-cgi
<?php
// What one may know about the PHP that answers here; phpinfo() would tell strangers far more.
declare(strict_types=1);
header('Content-Type: text/html; charset=utf-8');
header('Cache-Control: no-store');

function field(mixed $value): string
{
    return htmlspecialchars((string) $value, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

$facts = [
    'PHP' => PHP_VERSION,
    'Interface' => PHP_SAPI,
    'System' => PHP_OS_FAMILY,
    'Memory used' => number_format(memory_get_peak_usage() / 1024) . ' KiB',
    'Working directory' => basename((string) getcwd()) . '/',
    'Request' => ($_SERVER['REQUEST_METHOD'] ?? '') . ' ' . ($_SERVER['REQUEST_URI'] ?? ''),
    'Protocol' => $_SERVER['SERVER_PROTOCOL'] ?? '',
    'Gateway' => $_SERVER['GATEWAY_INTERFACE'] ?? '',
    'PATH_INFO' => $_SERVER['PATH_INFO'] ?? '',
];
$name = substr((string) ($_POST['name'] ?? ''), 0, 80);
$extensions = get_loaded_extensions();
natcasesort($extensions);
?>
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>PHP · Webserv</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/site.css">
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header class="top"><a class="brand" href="/"><img src="/favicon.svg" alt="" width="28" height="28">Webserv</a>
<nav aria-label="Main"><a href="/journey.html">Journey</a> <a href="/pipeline.html">Pipeline</a> <a href="/downloads/">Downloads</a>
<a href="/upload.html">Upload</a> <a href="/scripts.html" aria-current="true">Scripts</a> <a href="/guestbook.html">Guest book</a>
<a href="/gallery/">Gallery</a></nav></header>
<main id="main">
<h1>PHP at work</h1>
<p class="lead">Nothing is installed into the server for this: <code>php-cgi</code> is started, reads, answers and ends.</p>
<div class="scroll"><table><tbody>
<?php foreach ($facts as $label => $value): ?>
<tr><th scope="row"><?= field($label) ?></th><td><code><?= field($value) ?></code></td></tr>
<?php endforeach ?>
</tbody></table></div>
<h2>A form</h2>
<?php if ($name !== ''): ?><p role="status">Good day, <strong><?= field($name) ?></strong>.</p><?php endif ?>
<form method="post" class="card"><label for="name">Your name</label>
<input id="name" name="name" maxlength="80" required value="<?= field($name) ?>" autocomplete="name">
<button>Greet me</button></form>
<h2>Extensions</h2>
<p class="chips"><?php foreach ($extensions as $extension): ?><code><?= field($extension) ?></code> <?php endforeach ?></p>
</main>
<footer class="bottom"><p>Answered by <code><?= field($_SERVER['SCRIPT_NAME'] ?? '') ?></code>, a program of its own for this one request.
<a href="/scripts.html">All scripts</a></p></footer>
</body>
</html>
