#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-2-Clause
# The Perl side of bindings/bench/examples.py. usage: bench.pl MODE FILE
use strict;
use warnings;
use Time::HiRes;
use Tsmparse;

my $begin = Time::HiRes::clock();
open my $file, '<:raw', $ARGV[1] or die "$ARGV[1]: $!";
my $text = do { local $/; <$file> };
my ($count, $objects) = (0, 0);
Tsmparse->read_text($text, sub {
    for my $record (Tsmparse::records($_[0])) {
        $count++;
        $objects++ if $record->{kind} eq 'object';
    }
});
printf "%d %.0f %d\n", $count, (Time::HiRes::clock() - $begin) * 1e9, $objects;
