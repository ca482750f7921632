// Mean and standard deviation of scores that come one by one, gathered in parts (Chan, Golub, LeVeque 1983). Empty if
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

static inline void score_stats_add(ScoreStats *all, double score) {
    const double apart = score - all->mean;
    all->count++;
    all->mean += apart / all->count;
    all->squares += apart * (score - all->mean);
}

// Of all that there are, not of a sample; 0 of none.
static inline double score_stats_deviation(const ScoreStats *all) {
    return all->count > 0 ? sqrt(all->squares / all->count) : 0;
}

#endif
