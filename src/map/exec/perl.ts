import { accessSync, constants } from 'node:fs'
import type { Helper } from './helper.js'

/** The system's own, which is there or is not: what stands in PATH may be anything. */
const PERL = '/usr/bin/perl'

// There is a Perl wherever there is Debian, Ubuntu or macOS; a shell will not do, since it has no pipe for each command,
// and no group either where there is no terminal. Each command says itself, on descriptor 3, who it is, before it becomes
// the command: so there is none that nobody knows, whenever this process is killed. Handlers, and not `IGNORE`: what is
// ignored stays so in the command.
const SCRIPT = String.raw`
# omakase: starts the commands
delete $ENV{PERL_BADLANG};
/(.*?)=(.*)/s and $ENV{$1} = $2 for @ARGV;
open my $in, '<&', 0 or die;
open my $report, '>&', 1 or die;
open my $births, '>&=', 3 or die;
open STDIN, '<', '/dev/null' or die;
open STDOUT, '>', '/dev/null';
pipe my $problems, my $problem or die;
$SIG{CHLD} = $SIG{PIPE} = sub {};

my ($got, $told, $watched, $isOver) = ('', '', '');
my (%pid, %id, %pipe, %open, %failed);
vec($watched, fileno $in, 1) = 1;

sub report { $told .= pack 'CNNN/a*', @_ }

sub deliver {
  while (length $told) {
    my $n = syswrite $report, $told;
    if (defined $n) { substr $told, 0, $n, '' }
    elsif ($! != 4) { return $isOver = 1 }
  }
}

sub run {
  my ($id, @words) = @_;
  pipe my $out, my $stdout and pipe my $err, my $stderr and defined(my $pid = fork)
    or return report 5, $id, $! + 0, '';
  unless ($pid) {
    setpgrp;
    syswrite $births, pack 'NN', $id, $$;
    open STDOUT, '>&', $stdout;
    open STDERR, '>&', $stderr;
    exec { $words[0] } @words;
    syswrite $problem, pack 'NN', $$, $! + 0;
    kill KILL => $$;
  }
  setpgrp $pid, $pid;
  $pid{$id} = $pid;
  $id{$pid} = $id;
  $open{$id} = 2;
  watch($id, 1, $out);
  watch($id, 2, $err);
}

sub watch {
  my ($id, $kind, $pipe) = @_;
  $pipe{fileno $pipe} = [$id, $kind, $pipe];
  vec($watched, fileno $pipe, 1) = 1;
}

sub unwatch {
  my $fd = shift;
  my ($id) = @{delete $pipe{$fd}};
  vec($watched, $fd, 1) = 0;
  $open{$id}--;
  tell_closed($id) unless $pid{$id};
}

sub tell_closed {
  my $id = shift;
  return if $open{$id};
  delete $open{$id};
  report 4, $id, 0, '';
}

sub hear {
  my ($kind, $id, $rest) = @_;
  if ($kind eq 'r') { run($id, split /\0/, $rest, -1) }
  elsif ($kind eq 's') { kill $rest, -$pid{$id} if $pid{$id} }
  else { $pipe{$_}[0] == $id and unwatch($_) for keys %pipe }
}

sub reap {
  while ((my $pid = waitpid -1, 1) > 0) {
    my $status = $?;
    my $id = delete $id{$pid};
    delete $pid{$id};
    kill KILL => -$pid;
    my $ready = '';
    vec($ready, fileno $problems, 1) = 1;
    if ($status == 9 and select($ready, undef, undef, 0) > 0) {
      sysread $problems, my $said, 65536;
      %failed = (%failed, unpack '(NN)*', $said);
    }
    my $errno = delete $failed{$pid};
    my ($user, $system) = (times)[2, 3];
    if (defined $errno) { report 5, $id, $errno, '' }
    else { report 3, $id, $status, pack 'N', ($user + $system) * 1000 }
    tell_closed($id);
  }
}

until ($isOver) {
  deliver();
  # A child that ends between the look and the sleep wakes nobody: so never sleep long.
  my $n = select my $ready = $watched, undef, undef, %id ? 0.1 : undef;
  if ($n > 0) {
    for my $fd (keys %pipe) {
      next unless $pipe{$fd} and vec $ready, $fd, 1;
      my ($id, $kind, $pipe) = @{$pipe{$fd}};
      my $n = sysread $pipe, my $chunk, 65536;
      if ($n) { report $kind, $id, 0, $chunk }
      elsif (defined $n or $! != 4) { unwatch($fd) }
    }
    if (vec $ready, fileno $in, 1) {
      my $n = sysread $in, $got, 65536, length $got;
      last unless $n or !defined $n && $! == 4;
      while (length $got >= 4 and length $got >= 4 + unpack 'N', $got) {
        my ($frame) = unpack 'N/a*', $got;
        substr $got, 0, 4 + length $frame, '';
        hear(unpack 'aNa*', $frame);
      }
    }
  }
  reap() if %id;
}

# Nobody wants any of it any more: who asked for it is gone.
kill TERM => map -$_, keys %id;
my $end = 3 + time;
while (%id and time < $end) {
  select undef, undef, undef, 0.05;
  reap();
}
kill KILL => map -$_, keys %id;
`

export const perl: Helper = {
  isHere() {
    if (process.platform === 'win32') return false
    try {
      accessSync(PERL, constants.X_OK)
      return true
    } catch {
      return false
    }
  },
  // What is meant for the user's Perl is none of this one's business, but of the commands.
  start(env) {
    const all = Object.entries(env)
    const perls = all.filter(([name]) => name.startsWith('PERL')).map(pair => pair.join('='))
    const others = all.filter(([name]) => !name.startsWith('PERL'))
    return {
      program: PERL,
      args: ['-e', SCRIPT, '--', ...perls],
      env: { ...Object.fromEntries(others), PERL_BADLANG: '0' },
    }
  },
}
