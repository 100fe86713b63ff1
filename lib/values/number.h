/* SPDX-License-Identifier: BSD-2-Clause
 * Printed numbers, exactly: mantissa and power of ten, with every grouping the client has. */
#ifndef TSMP_NUMBER_H
#define TSMP_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct number {
    int64_t value;   /* value x 10^power */
    int8_t power;    /* 0 or below */
    uint32_t flags;  /* TSMP_FLAG_OVERFLOW, TSMP_FLAG_NUMBER_AMBIGUOUS */
    size_t length;   /* bytes read; 0 = no number here */
};

/* Read the longest number at the start of `text`. `integer`: every mark groups thousands (counts
 * and sizes in rows never have decimals). `decimal`: TSMP_DECIMAL_... if known, else 0. Grouping by
 * , . ' blank U+00A0 U+202F U+2019 and, in single-byte code pages, 0xA0 and 0xFF. */
struct number number_read(const char *text, size_t length, bool integer, uint32_t decimal);

/* A count or a size of a row: digits alone, or groups of three with one kind of mark between.
 * Anything else ("1.5", "12,34") is none: nothing is read out of it. */
struct number count_read(const char *text, size_t length);
/* Multiply by 1024 so many times. */
void number_scale(struct number *number, unsigned kilos);

/* What decimal mark a printed number proves (TSMP_DECIMAL_...), 0 = none. */
uint32_t number_decimal_evidence(const char *text, size_t length);
/* The same with what the numbers before it have shown: the latest one is right, for a log may
 * change its NUMBERFORMAT. */
uint32_t number_decimal_learn(uint32_t known, const char *text, size_t length);

/* The mark between thousands as a code point, 0 = none to be seen. `whole`: the number is known to
 * have no decimals, so a lone mark is one. */
uint32_t number_grouping(const char *text, size_t length, bool whole);

/* A number and its unit (B KB MB GB TB, KB/sec, sec, %): `unit` is TSMP_WORD_..., value scaled
 * to it (bytes, seconds, bytes per second, percent); plain numbers are counts. */
struct quantity {
    struct number number;
    uint16_t unit;
    size_t length; /* with the unit; 0 = none */
    bool point;    /* its decimal mark is surely a point */
};
struct quantity quantity_read(const char *text, size_t length, uint32_t decimal);

/* HH:MM:SS or HH.MM.SS or HH,MM,SS; hours may pass 23. Seconds, or -1. */
int64_t duration_read(const char *text, size_t length);

#endif
