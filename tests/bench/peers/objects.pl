# SPDX-License-Identifier: BSD-2-Clause
# Peer of the benchmark for perl: prints "objects bytes sent".
use strict;
use warnings;
my ($objects, $bytes, $sent) = (0, 0, 0);
my $line = qr/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:Retry # \d+  )?(?:Normal File|Directory|Symbolic Link|Special File|Updating|Expiring|Rebinding|Deleting)--> *([\d,]+) .*?( \[Sent\])?$/;
while (<>) {
    next unless $_ =~ $line;
    my $end = $2;
    (my $size = $1) =~ tr/,//d;
    $objects++;
    $bytes += $size;
    $sent++ if defined $end;
}
print "$objects $bytes $sent\n";
