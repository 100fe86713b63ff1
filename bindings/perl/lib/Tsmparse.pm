# SPDX-License-Identifier: BSD-2-Clause
package Tsmparse;

# Reads what the IBM TSM client prints, and judges its runs, through FFI::Platypus. Structs and constants
# come from the library's own schema. Text is bytes; numbers are exact strings.

use strict;
use warnings;
use Carp qw(croak);
use Encode ();
use FFI::Platypus 2.00;
use FFI::Platypus::Buffer qw(scalar_to_buffer buffer_to_scalar);
use JSON::PP ();
use MIME::Base64 qw(encode_base64);

our $ABI = 1;
my $ffi = FFI::Platypus->new(api => 2);
my $library = $ENV{TSMPARSE_LIBRARY} || 'libtsmparse.so.1';
$ffi->lib($library);

sub function {
    my ($name, $result, @arguments) = @_;
    my $made = eval { $ffi->function("tsmp_$name" => [@arguments] => $result) };
    croak "$library cannot be used ($name): install libtsmparse, or set TSMPARSE_LIBRARY to its file"
        unless $made;
    return $made;
}

my $abi = function('abi_version', 'uint32')->call;
croak "$library has ABI $abi, but this package needs ABI $ABI" unless $abi == $ABI;
my $schema = JSON::PP->new->allow_bignum(0)->decode(function('schema_json', 'string')->call);
my ($layout, $constant) = @$schema{qw(layout constant)};
my %names; # names by group and number
for my $group (grep { ref $schema->{$_} && !/^(layout|constant)$/ } keys %$schema) {
    $names{$group} = { reverse %{ $schema->{$group} } };
}
my %code = (u8 => 'C', i8 => 'c', u16 => 'S', i16 => 's', u32 => 'L', i32 => 'l', u64 => 'Q',
            i64 => 'q', pointer => 'J');

# Unpack a struct at an address.
sub take {
    my ($struct, $address) = @_;
    my $bytes = buffer_to_scalar($address, $layout->{$struct}{size});
    my %found;
    while (my ($name, $place) = each %{ $layout->{$struct}{members} }) {
        my ($offset, $size, $kind) = @$place;
        my $part = substr $bytes, $offset, $size;
        if ($kind eq 'text') {
            my ($at, $length) = unpack 'JQ', $part;
            $found{$name} = $length ? buffer_to_scalar($at, $length) : '';
        } else {
            $found{$name} = unpack $code{$kind}, $part;
        }
    }
    return \%found;
}

# A struct for the library to read; its size is set.
sub give {
    my ($struct, %values) = @_;
    my $bytes = "\0" x $layout->{$struct}{size};
    $values{size} = length $bytes;
    for my $name (keys %values) {
        my ($offset, $size, $kind) = @{ $layout->{$struct}{members}{$name} };
        substr $bytes, $offset, $size, pack $code{$kind}, $values{$name};
    }
    return $bytes;
}

my %call = (
    reader_new  => function('reader_new', 'sint32', 'opaque', 'opaque', 'opaque*'),
    reader_free => function('reader_free', 'void', 'opaque'),
    reader_feed => function('reader_feed', 'sint32', 'opaque', 'opaque', 'uint64'),
    reader_end  => function('reader_end', 'sint32', 'opaque'),
    reader_next => function('reader_next', 'sint32', 'opaque', 'opaque*'),
    reader_error => function('reader_error', 'string', 'opaque'),
    batch_view  => function('batch_view', 'opaque', 'opaque'),
    batch_unref => function('batch_unref', 'void', 'opaque'),
    field_name  => function('batch_field_name', 'string', 'opaque', 'uint32'),
    probe       => function('probe', 'sint32', 'opaque', 'uint64', 'opaque', 'opaque'),
    runs_new    => function('runs_new', 'sint32', 'opaque', 'opaque', 'opaque*'),
    runs_free   => function('runs_free', 'void', 'opaque'),
    runs_add    => function('runs_add', 'sint32', 'opaque', 'opaque'),
    runs_end    => function('runs_end', 'sint32', 'opaque'),
    runs_next   => function('runs_next', 'sint32', 'opaque', 'opaque*'),
    run_view    => function('run_view_of', 'opaque', 'opaque'),
    run_free    => function('run_free', 'void', 'opaque'),
    judge       => function('judge', 'sint32', 'opaque', 'opaque', 'opaque', 'opaque*'),
    verdict_view => function('verdict_view_of', 'opaque', 'opaque'),
    verdict_free => function('verdict_free', 'void', 'opaque'),
    worse       => function('verdict_worse', 'uint32', 'uint32', 'uint32'),
);

# ---- a reader ----------------------------------------------------------------------------------

# Tsmparse->new(date_order => 'mdy'): a reader of a stream; options also first_offset, first_line.
sub new {
    my ($class, %options) = @_;
    $options{date_order} = $constant->{"order_$options{date_order}"}
        // croak "date_order must be mdy, dmy or ymd"
        if defined $options{date_order} && $options{date_order} =~ /\D/;
    for my $name (keys %options) {
        croak "no such option: $name" unless $layout->{tsmp_options}{members}{$name};
    }
    my $bytes = give('tsmp_options', %options);
    my ($address) = scalar_to_buffer $bytes;
    my $status = $call{reader_new}->call($address, undef, \my $reader);
    croak "the options are impossible, or there is no memory (status $status)" if $status != 0;
    return bless { reader => $reader, process => $$ }, $class;
}

sub close {
    my ($self) = @_;
    my $reader = delete $self->{reader};
    $call{reader_free}->call($reader) if $reader && $self->{process} == $$;
    return;
}

sub DESTROY {
    my ($self) = @_;
    $self->close unless ${^GLOBAL_PHASE} eq 'DESTRUCT';
    return;
}

sub used {
    my ($self) = @_;
    croak 'the reader is closed; open the input anew' unless $self->{reader};
    croak 'the reader belongs to the parent process; open the input anew' if $self->{process} != $$;
    return $self->{reader};
}

sub told {
    my ($self, $status) = @_;
    croak $call{reader_error}->call($self->{reader}) . " (status $status)" if $status < 0;
    return $status;
}

# Give a piece; the batches that it completes go to the sub, while they live.
sub feed {
    my ($self, $piece, $use) = @_;
    my ($address, $length) = scalar_to_buffer $piece;
    $self->told($call{reader_feed}->call($self->used, $address, $length));
    return $self->batches($use);
}

sub end {
    my ($self, $use) = @_;
    $self->told($call{reader_end}->call($self->used));
    return $self->batches($use);
}

sub batches {
    my ($self, $use) = @_;
    while ($self->told($call{reader_next}->call($self->used, \my $batch)) == 0) {
        my $good = eval { $use->($batch); 1 };
        my $error = $@;
        $call{batch_unref}->call($batch);
        die $error unless $good; ## no critic: what the sub raised
    }
    return;
}

# The records of a batch, as hashes: members by name, and `fields`, an array of hashes.
sub records {
    my ($batch) = @_;
    my $view = take('tsmp_view', $call{batch_view}->call($batch));
    my $text = $view->{text_length} ? buffer_to_scalar($view->{text}, $view->{text_length}) : '';
    my @all;
    for my $index (0 .. $view->{record_count} - 1) {
        my $record = take('tsmp_record', $view->{records} + $index * $view->{record_stride});
        $record->{printed} = substr $text, $record->{text}, $record->{text_length};
        $record->{stamp} = substr $record->{printed}, 0, $record->{stamp_length};
        $record->{$_} = $names{$_}{ $record->{$_} } for qw(kind format why);
        my $first = $record->{first_field};
        for my $at ($first .. $first + $record->{field_count} - 1) {
            my $field = take('tsmp_field', $view->{fields} + $at * $view->{field_stride});
            $field->{printed} = substr $text, $field->{text}, $field->{length};
            $field->{type} = $names{type}{ $field->{type} };
            $field->{name} = $names{field}{ $field->{id} } // $call{field_name}->call($batch, $field->{id});
            my $group = $record->{kind} eq 'statistic' && $field->{name} eq 'name' ? 'statistic' : 'word';
            $field->{word} = $names{$group}{ $field->{number} } if $field->{type} eq 'word';
            $field->{word} = $call{field_name}->call($batch, $field->{number})
                if $record->{kind} eq 'custom' && $field->{name} eq 'name';
            push @{ $record->{fields} }, $field;
        }
        push @all, $record;
    }
    return @all;
}

# ---- whole logs --------------------------------------------------------------------------------

# Hand each batch of a text to the sub, in order of time, as the command reads it.
sub read_text {
    my ($class, $text, $use) = @_;
    my ($address, $length) = scalar_to_buffer $text;
    my $result = give('tsmp_probe_result');
    my ($place) = scalar_to_buffer $result;
    croak 'no memory' if $call{probe}->call($address, $length, undef, $place) != 0;
    my $found = take('tsmp_probe_result', $place);
    my ($order, @parts) = ($found->{date_order}, [0, length $text, 1]);
    my %known = (decimal => $found->{decimal}, date_order => $order & ($order - 1) ? 0 : $order);
    $known{format} = $found->{format} if ($names{format}{ $found->{format} } // '') eq 'error_log';
    if ($found->{wrap_offset} && $text =~ /Continued at beginning of file\s*\z/) {
        # older lines stand behind the place where it wraps
        $known{format} = $schema->{format}{schedule_log};
        @parts = ([$found->{wrap_offset}, length $text, $found->{wrap_line}],
                  [0, $found->{wrap_offset}, 1]);
    }
    for my $part (@parts) {
        my ($from, $to, $line) = @$part;
        my $reader = $class->new(%known, first_offset => $from, first_line => $line);
        for (my $at = $from; $at < $to; $at += 262_144) {
            $reader->feed(substr($text, $at, $to - $at < 262_144 ? $to - $at : 262_144), $use);
        }
        $reader->end($use);
        $reader->close;
    }
    return;
}

# The runs of a text, judged, and the worst verdict; `age`: seconds since the log was written.
sub check {
    my ($class, $text, $age) = @_;
    my ($worst, @all) = (0);
    croak 'no memory' if $call{runs_new}->call(undef, undef, \my $runs) != 0;
    my $context = give('tsmp_context', age => $age // 0);
    my ($place) = scalar_to_buffer $context;
    my $take = sub {
        while ($call{runs_next}->call($runs, \my $run) == 0) {
            my $status = $call{judge}->call($run, $place, undef, \my $verdict);
            push @all, judged($run, $verdict) if $status == 0;
            $worst = $call{worse}->call($worst, $all[-1]{verdict_number}) if $status == 0;
            $call{verdict_free}->call($verdict) if $status == 0;
            $call{run_free}->call($run);
            croak 'no memory' if $status != 0;
        }
    };
    my $good = eval {
        $class->read_text($text, sub {
            croak 'no memory' if $call{runs_add}->call($runs, $_[0]) != 0;
            $take->();
        });
        croak 'no memory' if $call{runs_end}->call($runs) != 0;
        $take->();
        1;
    };
    my $error = $@;
    $call{runs_free}->call($runs);
    die $error unless $good;
    return { verdict => $worst ? $names{verdict}{$worst} : 'unknown', runs => \@all };
}

sub items {
    my ($struct, $address, $count, $stride) = @_;
    return map { take($struct, $address + $_ * $stride) } 0 .. $count - 1;
}

sub judged {
    my ($handle, $verdict_handle) = @_;
    my $run = take('tsmp_run_view', $call{run_view}->call($handle));
    my $verdict = take('tsmp_verdict_view', $call{verdict_view}->call($verdict_handle));
    $run->{volumes} = [items('tsmp_volume', @$run{qw(volumes volume_count volume_stride)})];
    $run->{statistics} = [items('tsmp_statistic', @$run{qw(statistics statistic_count statistic_stride)})];
    $run->{evidence} = [items('tsmp_evidence', @$verdict{qw(evidence evidence_count evidence_stride)})];
    for my $reason (@{ $run->{evidence} }) {
        $reason->{lines} = [$reason->{line_count}
            ? unpack 'Q*', buffer_to_scalar($reason->{lines}, 8 * $reason->{line_count}) : ()];
    }
    @$run{qw(verdict_number proof)} = @$verdict{qw(verdict proof)};
    return $run;
}

# ---- JSON, as the command prints it ------------------------------------------------------------

my $json = JSON::PP->new->allow_nonref;
my %taken = map { $_ => 1 } qw(offset line length kind format time flags stamp why);

sub flag { return $schema->{flag}{ $_[0] } }
sub time_known { return !($_[0] & (flag('no_time') | flag('date_ambiguous') | flag('time_impossible'))) }
sub number_known { return !($_[0] & (flag('overflow') | flag('number_ambiguous'))) }
sub quote { return Encode::encode('UTF-8', $json->encode($_[0])) }
sub words { return '[' . join(',', map { quote($_) } @_) . ']' }

sub of_set {
    my ($group, $set) = @_;
    return map { $names{$group}{$_} } grep { $set & $_ } sort { $a <=> $b } keys %{ $names{$group} };
}

# Valid UTF-8, one U+FFFD for each byte that is not, and the bytes beside it then.
sub pair {
    my ($key, $bytes) = @_;
    my ($shown, $rest, $bad) = ('', $bytes, 0);
    while (length $rest) {
        $shown .= Encode::decode('UTF-8', $rest, Encode::FB_QUIET);
        next unless length $rest;
        substr $rest, 0, 1, '';
        $shown .= "\x{FFFD}";
        $bad = 1;
    }
    my @out = (quote($key) . ':' . quote($shown));
    push @out, quote("${key}_b64") . ':' . quote(encode_base64($bytes, '')) if $bad;
    return join ',', @out;
}

sub pair_or_null { return length $_[1] ? pair(@_) : quote($_[0]) . ':null' }

sub moment {
    my ($micros, $known) = @_;
    return 'null' unless $known;
    use integer;
    my $seconds = $micros / 1_000_000;
    $seconds-- if $micros % 1_000_000 < 0;
    my @parts = gmtime $seconds;
    return sprintf '"%04d-%02d-%02dT%02d:%02d:%02d"', $parts[5] + 1900, $parts[4] + 1, @parts[3, 2, 1, 0];
}

sub field_json {
    my ($key, $field) = @_;
    my ($type, $flags) = @$field{qw(type flags)};
    return pair($key, $field->{word}) if defined $field->{word};
    return pair($key, $field->{printed}) if $type eq 'text';
    return quote($key) . ":$field->{number}e$field->{power}"
        if $type =~ /^(number|offset)$/ && number_known($flags);
    return quote($key) . ':' . moment($field->{number}, 1) if $type eq 'time' && time_known($flags);
    return quote($key) . ':null,' . pair("${key}_text", $field->{printed});
}

sub record_json {
    my ($record) = @_;
    my $flags = $record->{flags};
    my $shown = 0;
    $shown |= flag($_) for qw(overflow number_ambiguous date_ambiguous time_impossible joined);
    my @fields = @{ $record->{fields} // [] };
    $flags |= $_->{flags} & $shown for @fields;
    my $known = time_known($record->{flags});
    my @out = ((map { "\"$_\":$record->{$_}" } qw(offset line length)),
               (map { quote($_) . ':' . quote($record->{$_}) } qw(kind format)),
               '"time":' . moment($record->{time}, $known), '"flags":' . words(of_set('flag', $flags)));
    push @out, pair('stamp', $record->{stamp}) if !$known && length $record->{stamp};
    push @out, '"why":' . quote($record->{why}) if $record->{why} ne 'none';
    my $shows = $record->{kind} =~ /^(unknown|more)$/;
    push @out, pair('text', $record->{printed}) if $shows;
    my %seen;
    while (my $field = shift @fields) {
        if ($field->{name} eq 'candidates') { # none of those behind it is known to be right
            my @ways;
            while (@fields > 2 && $fields[0]{name} eq 'path') {
                push @ways, '{' . join(',', map { pair($_->{name}, $_->{printed}) } splice @fields, 0, 3) . '}';
            }
            push @out, '"candidates":[' . join(',', @ways) . ']';
            next;
        }
        my $name = $field->{name};
        my $key = ($taken{$name} || ($shows && $name eq 'text') ? 'field_' : '') . $name;
        $key .= "_$seen{$name}" if ++$seen{$name} > 1;
        push @out, field_json($key, $field);
    }
    return '{' . join(',', @out) . '}';
}

sub run_json {
    my ($run) = @_;
    my $none = $constant->{no_time};
    my (@statistics, %seen);
    for my $statistic (@{ $run->{statistics} }) {
        my $name = $names{statistic}{ $statistic->{name} };
        push @statistics, quote($name) . ':' . (number_known($statistic->{flags})
            ? "$statistic->{number}e$statistic->{power}" : 'null') unless $seen{$name}++;
    }
    my @volumes = map { '{' . pair_or_null('name', $_->{name}) . ',"outcome":'
        . quote($_->{outcome} ? $names{word}{ $_->{outcome} } =~ s/^successful$/ended/r : 'unfinished')
        . ",\"failures\":$_->{failures}}" } @{ $run->{volumes} };
    my @evidence = map { '{"id":' . quote($names{evidence}{ $_->{id} }) . ",\"strength\":$_->{strength},"
        . pair('text', $_->{text}) . ',"lines":[' . join(',', @{ $_->{lines} }) . ']}' } @{ $run->{evidence} };
    my @messages = ([I => 'informational'], [W => 'warnings'], [E => 'errors'], [S => 'severe']);
    return '{' . join(',',
        (map { pair_or_null($_, $run->{$_}) } qw(schedule node)),
        '"action":' . ($run->{action} ? quote($names{word}{ $run->{action} }) : 'null'),
        (map { "\"$_\":" . moment($run->{$_}, $run->{$_} != $none) } qw(scheduled started ended)),
        '"claim":' . quote($names{claim}{ $run->{claim} }),
        '"return_code":' . ($run->{has_return_code} ? $run->{return_code} : 'null'),
        '"verdict":' . quote($names{verdict}{ $run->{verdict_number} }),
        '"proof":' . words(of_set('proof', $run->{proof})), '"evidence":[' . join(',', @evidence) . ']',
        '"volumes":[' . join(',', @volumes) . ']', '"statistics":{' . join(',', @statistics) . '}',
        '"objects":{' . join(',', map { "\"$_\":$run->{$_}" }
            qw(sent updated expired rebound deleted failed skipped retried)) . '}',
        '"messages":{' . join(',', map { "\"$_->[0]\":$run->{$_->[1]}" } @messages) . '}',
        (map { "\"$_\":$run->{$_}" } qw(first_line last_line))) . '}';
}

1;
