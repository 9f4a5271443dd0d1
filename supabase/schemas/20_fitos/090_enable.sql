-- A coach hears of what is under an athlete's plain id, and of nothing else of theirs: neither their
-- templates nor their other coaches. An athlete hears of a coach's profile, and of nothing else.
select sync.enable('public.profiles', scope => $$array[id::text, 'profile:' || id]$$);
select sync.enable('public.coach_athletes', scope => $$array['private:' || coach_id, 'private:' || athlete_id]$$);
select sync.enable('public.exercises', scope => $$coalesce(owner_id::text, 'library')$$);
select sync.enable('public.workouts', scope => 'user_id::text');
select sync.enable('public.exercise_logs', scope => 'user_id::text');
select sync.enable('public.workout_comments', scope => 'user_id::text');
select sync.enable('public.templates', scope => $$'private:' || user_id$$);
