#!/usr/bin/env perl
# SPDX-License-Identifier: BSD-2-Clause
# The conformance adapter of the Perl package. usage: conform.pl INPUTS OUTPUTS
use strict;
use warnings;
use Tsmparse;

my ($inputs, $outputs) = @ARGV;

sub store {
    my ($path, $make) = @_;
    my @rows = eval { $make->() };
    @rows = ('{"error":true}') if $@;
    open my $file, '>:raw', $path or die "$path: $!";
    print {$file} map { "$_\n" } @rows;
    close $file or die "$path: $!";
    return;
}

opendir my $folder, $inputs or die "$inputs: $!";
for my $name (grep { -f "$inputs/$_" } readdir $folder) {
    open my $file, '<:raw', "$inputs/$name" or die "$name: $!";
    my $text = do { local $/; <$file> } // '';
    store("$outputs/$name.records", sub {
        my @rows;
        Tsmparse->read_text($text, sub { push @rows, map { Tsmparse::record_json($_) } Tsmparse::records($_[0]) });
        return @rows;
    });
    store("$outputs/$name.check", sub {
        my $report = Tsmparse->check($text, time - (stat "$inputs/$name")[9]);
        return "{\"verdict\":\"$report->{verdict}\",\"runs\":["
            . join(',', map { Tsmparse::run_json($_) } @{ $report->{runs} }) . ']}';
    });
}
