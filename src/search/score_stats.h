// Mean and standard deviation of scores, gathered in parts that are joined (Chan, Golub, LeVeque 1983). Empty if
// zeroed.
#ifndef SEARCH_SCORE_STATS_H
#define SEARCH_SCORE_STATS_H

#include <math.h>

typedef struct ScoreStats {
    double count, mean;
    double squares; // sum of (score - mean)²
} ScoreStats;

static inline void score_stats_join(ScoreStats *all, const ScoreStats *part) {
    if (!(part->count > 0)) return;
    const double count = all->count + part->count, apart = part->mean - all->mean;
    all->squares += part->squares + apart * apart * all->count * part->count / count;
    all->mean += apart * part->count / count;
    all->count = count;
}

// Sums over a part, with its first score subtracted, so that plain sums lose no precision.
typedef struct ScoreSums {
    double count, first, sum, squares;
} ScoreSums;

static inline void score_stats_add(ScoreSums *part, double score) {
    if (part->count == 0) part->first = score;
    const double apart = score - part->first;
    part->count++;
    part->sum += apart;
    part->squares += apart * apart;
}

static inline ScoreStats score_stats_of(const ScoreSums *part) {
    if (!(part->count > 0)) return (ScoreStats){0};
    const double mean = part->sum / part->count;
    return (ScoreStats){part->count, part->first + mean, fmax(0, part->squares - part->sum * mean)};
}

// The population standard deviation; 0 without scores.
static inline double score_stats_deviation(const ScoreStats *all) {
    return all->count > 0 ? sqrt(all->squares / all->count) : 0;
}

#endif
