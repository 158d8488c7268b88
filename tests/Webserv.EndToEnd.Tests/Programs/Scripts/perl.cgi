#!/usr/bin/perl -T
# A form, an upload and a redirect with CGI.pm.
use strict;
use warnings;
use CGI qw(-utf8);
use Digest::SHA qw(sha256_hex);

binmode STDOUT, ':encoding(UTF-8)';
my $query = CGI->new;
if (my $target = $query->url_param('go')) {
    print $query->redirect(-uri => $target, -status => 303);
    exit;
}

my $cookie = $query->cookie(-name => 'sid', -value => 'a b');
print $query->header(-type => 'text/plain', -charset => 'utf-8', -cookie => [$cookie]);
print join('|', $query->request_method, scalar($query->param('name')) // '', join(',', $query->multi_param('item')), $query->path_info, $query->cookie('sid') // 'none');
if (my $handle = $query->upload('userfile')) {
    binmode $handle;
    local $/;
    my $content = <$handle>;
    print '|', length($content), '|', sha256_hex($content);
}
