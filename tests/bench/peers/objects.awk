# SPDX-License-Identifier: BSD-2-Clause
# Peer of the benchmark for mawk: prints "objects bytes sent".
{
    text = substr($0, 21)
    sub(/^Retry # [0-9]+  /, "", text)
    at = index(text, "-->")
    if (at == 0 || text !~ /^(Normal File|Directory|Symbolic Link|Special File|Updating|Expiring|Rebinding|Deleting)--> *[0-9,]+ /)
        next
    rest = substr(text, at + 3)
    sub(/^ */, "", rest)
    size = substr(rest, 1, index(rest, " ") - 1)
    gsub(/,/, "", size)
    objects++
    bytes += size
    if (substr($0, length($0) - 6) == " [Sent]")
        sent++
}
END { printf "%d %.0f %d\n", objects, bytes, sent }
