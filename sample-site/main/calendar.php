<?php
// A month, with the day of the server marked. ?month=YYYY-MM picks another one.
declare(strict_types=1);
header('Content-Type: text/html; charset=utf-8');
header('Cache-Control: no-store');

$today = new DateTimeImmutable('today', new DateTimeZone('UTC'));
$asked = (string) ($_GET['month'] ?? '');
$first = preg_match('/^(19|20)\d\d-(0[1-9]|1[0-2])$/', $asked) === 1
    ? new DateTimeImmutable("$asked-01", new DateTimeZone('UTC'))
    : $today->modify('first day of this month');
$days = (int) $first->format('t');
$offset = (int) $first->format('N') - 1;
?>
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><?= $first->format('F Y') ?> · Webserv</title>
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
<h1><?= $first->format('F Y') ?></h1>
<p class="lead">A page of the site itself, among the static ones, that ends in <code>.php</code>.</p>
<table class="month card"><thead><tr><?php foreach (['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as $name): ?><th scope="col"><?= $name ?></th><?php endforeach ?></tr></thead>
<tbody>
<?php for ($cell = 0; $cell < (int) ceil(($offset + $days) / 7) * 7; $cell++): $day = $cell - $offset + 1; ?>
<?= $cell % 7 === 0 ? '<tr>' : '' ?><td<?= $first->format('Y-m-') . sprintf('%02d', $day) === $today->format('Y-m-d') ? ' class="today" aria-current="date"' : '' ?>><?= $day >= 1 && $day <= $days ? $day : '' ?></td><?= $cell % 7 === 6 ? "</tr>\n" : '' ?>
<?php endfor ?>
</tbody></table>
<p class="actions"><a class="button quiet" href="?month=<?= $first->modify('-1 month')->format('Y-m') ?>">← <?= $first->modify('-1 month')->format('F') ?></a>
<a class="button quiet" href="?month=<?= $first->modify('+1 month')->format('Y-m') ?>"><?= $first->modify('+1 month')->format('F') ?> →</a></p>
</main>
<footer class="bottom"><p>PHP <?= PHP_VERSION ?> over CGI, <?= gmdate('H:i:s') ?> UTC.</p></footer>
</body>
</html>
