#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-2-Clause
use strict;
use warnings;
use Test::More;
use Tsmparse;

my $log = "09/17/2025 22:04:12 Node Name: KESTREL\n"
    . "09/17/2025 22:05:00 --- SCHEDULEREC OBJECT BEGIN NIGHT_INC 09/17/2025 22:00:00\n"
    . "09/17/2025 22:05:02 Normal File-->             4,096 /srv/\xff b [Sent]\n";

for my $size (1, 7, length $log) {
    my $reader = Tsmparse->new(date_order => 'mdy');
    my @records;
    my $use = sub { push @records, Tsmparse::records($_[0]) };
    $reader->feed($_, $use) for $log =~ /(.{1,$size})/gs;
    $reader->end($use);
    is join('', map { "$_->{printed}\n" } @records), $log, "pieces of $size: the records tile the input";
    my ($path) = grep { $_->{name} eq 'path' } @{ $records[2]{fields} };
    is $path->{printed}, "/srv/\xff b", 'names are bytes';
}

my $report = Tsmparse->check($log);
is scalar @{ $report->{runs} }, 1, 'one run';
isnt $report->{verdict}, 'complete', 'a cut log proves nothing';

my $reader = Tsmparse->new;
$reader->close;
$reader->close;
ok !eval { $reader->end(sub { }); 1 }, 'use after close';
like $@, qr/closed; open the input anew/, 'says what to do';
ok !eval { Tsmparse->new(nothing => 1); 1 }, 'an unknown option';
ok !eval { Tsmparse->read_text($log, sub { die "mine\n" }); 1 }, 'a sub that dies';
is $@, "mine\n", 'its error comes through';
my $ended = Tsmparse->new;
$ended->end(sub { });
ok !eval { $ended->feed('more', sub { }); 1 }, 'input after the end';
my $live = Tsmparse->new; # the interpreter ends while it lives
done_testing;
